import { loadClip } from '@nano-emox/media';
import { type EncodedClip, NanoEmoX } from 'nano-emox';
import { processorText } from '../doctor/platform-findings';
import type { ClipWords } from '../words/clip-words';
import { type BenchDocument, type Round, summarise, type Work } from './bench-document';
import type { MachineProduct } from './machine-product';
import { openMachineProduct } from './machine-product';
import { timeAnswer } from './measure-language-model';
import { type ClipSizes, type ComputedStage, stageFlops, tokenFlops } from './model-work';
import type { BenchOptions } from './options';

/** What is measured. */
export interface BenchSubject extends Pick<BenchOptions, 'model' | 'device' | 'threads' | 'precision' | 'runs'> {
  readonly clip: string;
  readonly words: ClipWords;
}

/** Loads the model and measures it, round by round: an analysis, an answer, and beside them what the machine can do. */
export async function measureModel(
  subject: BenchSubject,
  onStep: (step: string, done: number, total: number) => void,
  signal: AbortSignal,
): Promise<BenchDocument> {
  const { clip, words, runs, model: name, device, threads, precision } = subject;
  const steps = runs + 2;
  onStep('loading the model', 0, steps);
  const startedMs = performance.now();
  const model = await NanoEmoX.fromPretrained(name, {
    ...{ device, precision, signal },
    ...(threads !== undefined && { threads }),
  });
  let product: MachineProduct | undefined;
  try {
    const readMs = performance.now() - startedMs;
    await model.warmUp({ signal });
    const load = { readMs, compileMs: performance.now() - startedMs - readMs };
    product = await openMachineProduct(subject);
    const rounds: Round[] = [];
    for (let run = 0; run <= runs; run++) {
      onStep(run === 0 ? 'warming up' : `run ${run} of ${runs}`, run + 1, steps);
      const round = await measureRound(model, product, clip, words.text, signal);
      if (run > 0) rounds.push(round);
    }
    const { product: productGigaflopsPerSecond, ...measured } = summarise(
      rounds,
      await workOf(model, clip, rounds[0] as Round, signal),
    );
    return {
      clip,
      words,
      model: { preset: model.config.preset, device: model.device },
      precision,
      machine: { processor: await processorText(), node: process.version, productGigaflopsPerSecond },
      runs,
      load,
      ...measured,
      peakBytes: 1024 * process.resourceUsage().maxRSS,
    };
  } finally {
    await product?.dispose();
    await model.dispose();
  }
}

async function measureRound(
  model: NanoEmoX,
  product: MachineProduct,
  clip: string,
  words: string,
  signal: AbortSignal,
): Promise<Round> {
  let encoded: EncodedClip | undefined;
  const result = await model.analyze(clip, {
    words,
    signal,
    onEvent: (event) => {
      if (event.type === 'clip-encoded') encoded = event.clip;
    },
  });
  const answer = await timeAnswer(model, encoded as EncodedClip, result, signal);
  const productGigaflopsPerSecond = await product.measure({ signal });
  return { timingsMs: result.timingsMs, answer, productGigaflopsPerSecond };
}

/** Counted once, in the graphs of the model and for the sizes of the clip. */
async function workOf(
  { config, components }: NanoEmoX,
  clip: string,
  { timingsMs, answer }: Round,
  signal: AbortSignal,
): Promise<Work> {
  const { frames, clips } = config.input;
  const { video, audio } = await loadClip(clip, {
    ...{ frames, clips, signal },
    frameSizePx: config.sceneEncoder.imageSize,
    faceCrop: 'whole-frame',
  });
  const [soundClips = 0, samples = 0] = audio?.clips.dims ?? [];
  const sizes: ClipSizes = { frames: video?.frames.dims[0] ?? 0, clips: soundClips, samples };
  const computed = (['scene', 'face', 'voice', 'fuse'] as const).filter((stage) => stage in timingsMs);
  const flopsOf = (stage: ComputedStage): [string, number] => [stage, stageFlops(stage, config, sizes)];
  const { config: decoder } = components.languageModel;
  const { promptTokens, answerTokens } = answer;
  return {
    stages: Object.fromEntries(computed.map(flopsOf)),
    prompt: tokenFlops(decoder, promptTokens),
    token: tokenFlops(decoder, 1, promptTokens + Math.floor(answerTokens / 2)),
  };
}

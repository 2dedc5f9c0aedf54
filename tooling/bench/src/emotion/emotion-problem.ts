import { type Graph, IGNORED_LABEL, initializeWeights, Random, traceModule } from '@nano-emox/engine';
import { resolveFusionConfig } from '@nano-emox/fusion-experts';
import { resolveDecoderConfig } from '@nano-emox/lm-lora';
import { groupOfParameter, type PhaseName, p2eCurriculum, paperMixtures } from '@nano-emox/p2e';
import type { FloatTensor, HostTensor } from '@nano-emox/tensor-contract';
import { type EmotionModelConfig, presets, resolveModelConfig } from 'nano-emox';
import { collateEmotionBatch, type EmotionSample, emotionNetwork, softTokenCounts } from 'nano-emox/training';
import { decoderSizes } from '../training/problem';
import type { ProblemParts } from '../training/stored-problem';

/** The phases that are measured: the first that runs the language model backwards, and the last, with LoRA. */
export type MeasuredPhase = Extract<PhaseName, 'understanding-fusion' | 'empathy-multitask'>;

const SEED = 1;
const SAMPLES = 4;
const TIME = 256;
const ANSWER_TOKENS = 32;
/** Of the frozen encoders: what a small vision transformer and a small HuBERT give. */
const FEATURE_WIDTH = 384;

/** Above the encoders, sizes for a laptop: the decoder of the sections `lora` and `full`, with adapters to match. */
export function emotionConfig(): EmotionModelConfig {
  const { faceEncoder, sceneEncoder, audioEncoder, videoAdapter, audioAdapter } = presets.tiny;
  const lmDim = decoderSizes.hidden;
  const encoder = { hidden: FEATURE_WIDTH, heads: 6 };
  const qFormer = { inputDim: FEATURE_WIDTH, hidden: FEATURE_WIDTH, heads: 6, mlpDim: 1536, tokens: 32, lmDim };
  return resolveModelConfig({
    preset: 'laptop',
    faceEncoder: { ...faceEncoder, headWidth: 256, projectionDim: 768, lmDim },
    sceneEncoder: { ...sceneEncoder, ...encoder },
    audioEncoder: { ...audioEncoder, ...encoder },
    videoAdapter: { ...videoAdapter, ...qFormer },
    audioAdapter: { ...audioAdapter, ...qFormer },
    fusion: resolveFusionConfig({ type: 'multiscale', audioDim: FEATURE_WIDTH, sceneDim: FEATURE_WIDTH, lmDim }),
    languageModel: resolveDecoderConfig({ ...decoderSizes, layers: 6, maxPositions: TIME, lora: { rank: 16 } }),
  });
}

/** Whether a parameter trains in a phase of the paper's curriculum. */
export function isTrainedIn(phaseName: MeasuredPhase): (name: string) => boolean {
  const phase = p2eCurriculum(paperMixtures).phases.find(({ name }) => name === phaseName);
  return (name) => groupOfParameter(phase as NonNullable<typeof phase>, name) !== undefined;
}

/** The forward graph to the loss; with `axes`, for a batch of that size. */
export const emotionGraph = (config: EmotionModelConfig, axes: Readonly<Record<string, number>> = {}): Graph =>
  traceModule(emotionNetwork, config, { axes });

/** A step of a phase as all contestants get it: weights and batch from a seed. */
export function makeEmotionProblem(
  phase: MeasuredPhase,
  threads: number,
): ProblemParts & { config: EmotionModelConfig } {
  const config = emotionConfig();
  const random = new Random(SEED);
  const weights = [...initializeWeights(emotionGraph(config), SEED)].map(
    ([name, tensor]) => [name, withoutZeros(tensor, random)] as const,
  );
  const samples = Array.from({ length: SAMPLES }, (_, index) => randomSample(config, TIME - 16 * index, random));
  const batch = collateEmotionBatch(samples, config) as Record<string, HostTensor>;
  return { config, threads, weights: new Map(weights), batch, isTrained: isTrainedIn(phase) };
}

/** Sizes of a batch by the names of its axes. */
export function axesOf({ input }: EmotionModelConfig, { inputIds, rows }: Readonly<Record<string, HostTensor>>) {
  const [batch = 0, time = 0] = inputIds?.dims ?? [];
  return { batch, time, frames: input.frames, clips: input.clips, rows: rows?.dims[0] ?? 0 };
}

/** What begins as zero, such as the B of LoRA, gets values, or half the model would not be seen. */
function withoutZeros(tensor: FloatTensor, random: Random): FloatTensor {
  if (tensor.data.some((value) => value !== 0)) return tensor;
  return { ...tensor, data: Float32Array.from(tensor.data, () => 0.05 * random.normal()) };
}

/** A conversation of random words about random features: start, soft tokens, question, answer. */
function randomSample(config: EmotionModelConfig, tokens: number, random: Random): EmotionSample {
  const { input, faceEncoder, sceneEncoder, audioEncoder } = config;
  const values = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const soft = Object.values(softTokenCounts(config)).reduce((sum, count) => sum + count, 0);
  const spliceIndex = Array.from({ length: tokens }, (_, column) => (column > 0 && column <= soft ? column - 1 : -1));
  const word = () => 2 + Math.floor(random.uniform() * (config.languageModel.vocabSize - 2));
  const inputIds = spliceIndex.map((row) => (row < 0 ? word() : 0));
  const labels = inputIds.map((id, column) => (column < tokens - ANSWER_TOKENS ? IGNORED_LABEL : id));
  return {
    features: {
      face: values(input.frames * faceEncoder.headWidth),
      scene: values(input.frames * sceneEncoder.hidden),
      sceneLevels: values(input.frames * sceneEncoder.levels.length * sceneEncoder.hidden),
      audio: values(input.clips * audioEncoder.hidden),
      audioLevels: values(input.clips * audioEncoder.levels.length * audioEncoder.hidden),
    },
    sequence: { inputIds, spliceIndex, labels },
  };
}

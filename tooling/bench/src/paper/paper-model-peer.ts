/**
 * The model of the paper's size with random weights, in a process of its own, so that its memory is its own.
 * `write folder` makes a model folder. `prompts folder precision threads lengths` loads its language model, answers prompts of these
 * lengths (separated by commas, may be none) and prints one line of JSON, {@link LanguageModelFigures}. `clip folder precision threads`
 * loads all of it, looks at a clip, begins to answer and prints {@link ClipFigures}.
 */
import { join } from 'node:path';
import { type Precision, Random } from '@nano-emox/engine';
import { CausalLanguageModel } from '@nano-emox/lm-lora';
import { buildPrompt } from '@nano-emox/tasks';
import { floatTensor, type PromptSegment, type SoftTokens } from '@nano-emox/tensor-contract';
import { componentFolders, NanoEmoX } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';
import { type Sample, startTimer } from '../measure/contestant';
import { answerFigures, MEASURED_TOKENS } from './measured-answer';
import { writePaperModel } from './paper-model';
import type { AnswerFigures, ClipFigures, LanguageModelFigures } from './paper-model-figures';

const [command, folder, precision, threads, lengths = ''] = process.argv.slice(2) as string[] & [string, string];
const options = { precision: precision as Precision, threads: Number(threads) };

const peakBytes = (): number => process.resourceUsage().maxRSS * 1024;

/** The first token of an answer and some more, each timed from the one before. */
async function timeTokens(
  model: CausalLanguageModel,
  prompt: readonly PromptSegment[],
  softTokens: readonly SoftTokens[],
): Promise<Sample[]> {
  const samples: Sample[] = [];
  let elapsed = startTimer();
  for await (const _ of model.generate(prompt, softTokens, { maxNewTokens: MEASURED_TOKENS + 1 })) {
    samples.push(elapsed());
    elapsed = startTimer();
  }
  return samples;
}

/** A prompt of soft tokens and some tokens of an answer. */
async function answer(model: CausalLanguageModel, promptTokens: number): Promise<AnswerFigures> {
  const random = new Random(promptTokens);
  const { embeddingDim } = model;
  const values = Float32Array.from({ length: promptTokens * embeddingDim }, () => 0.05 * random.normal());
  const embeddings = floatTensor(values, [1, promptTokens, embeddingDim]);
  const samples = await timeTokens(model, [{ modality: 'audio' }], [{ modality: 'audio', embeddings }]);
  return answerFigures(promptTokens, samples);
}

async function measurePrompts(): Promise<LanguageModelFigures> {
  const loading = startTimer();
  const model = await CausalLanguageModel.fromPretrained(join(folder, componentFolders.languageModel), options);
  await answer(model, 8); // compiles both graphs
  const load = { ...loading(), peakBytes: peakBytes() };
  const answers: AnswerFigures[] = [];
  for (const length of lengths.split(',').filter(Boolean).map(Number)) answers.push(await answer(model, length));
  const figures = { load, answers, residentBytes: process.memoryUsage().rss, peakBytes: peakBytes() };
  await model.dispose();
  return figures;
}

async function measureClip(): Promise<ClipFigures> {
  const loading = startTimer();
  const model = await NanoEmoX.fromPretrained(folder, options);
  await model.warmUp();
  const { languageModel } = model.components;
  await answer(languageModel, 8); // compiles what reads prompts, too
  const load = { ...loading(), peakBytes: peakBytes() };
  await model.encode(sampleClip.path); // starts the face detector, and each part for the first time
  const encoding = startTimer();
  const { softTokens, evidence } = await model.encode(sampleClip.path);
  const encode = encoding();
  const prompt = buildPrompt('erg', { subtitle: sampleClip.words });
  const wanted = softTokens.filter((given) =>
    prompt.some((segment) => 'modality' in segment && segment.modality === given.modality),
  );
  const samples = await timeTokens(languageModel, prompt, wanted);
  const softCount = wanted.reduce((sum, { embeddings }) => sum + (embeddings.dims[1] as number), 0);
  const { tokenizer } = languageModel;
  const words = prompt.reduce((sum, part) => sum + ('text' in part ? tokenizer.encode(part.text).length : 0), 0);
  const figures = {
    load,
    encode,
    framesWithFace: evidence.face?.framesWithFace ?? 0,
    answer: answerFigures(softCount + words, samples),
    peakBytes: peakBytes(),
  };
  await model.dispose();
  return figures;
}

const commands: Readonly<Record<string, () => Promise<object>>> = {
  write: async () => ({ written: await writePaperModel(folder) }),
  prompts: measurePrompts,
  clip: measureClip,
};
process.stdout.write(`${JSON.stringify(await commands[command]?.())}\n`);
process.exit(0);

/**
 * The language model of the paper's size with random weights, in a process of its own, so that its memory is its own.
 * `write folder` makes a model folder. `answer folder precision threads lengths` loads it, answers prompts of these lengths (separated
 * by commas, may be none) and prints one line of JSON, {@link LanguageModelFigures}.
 */
import { type Precision, Random, traceModule } from '@nano-emox/engine';
import { CausalLanguageModel, generationModule, presets, type TokenizerJson } from '@nano-emox/lm-lora';
import { floatTensor } from '@nano-emox/tensor-contract';
import { type Sample, startTimer } from '../measure/contestant';
import { generatedWeights } from './generated-weights';
import type { AnswerFigures, LanguageModelFigures } from './language-model-figures';
import { answerFigures, LONGEST_CONTEXT, MEASURED_TOKENS } from './measured-answer';

const [command, folder, precision, threads, lengths = ''] = process.argv.slice(2) as string[] & [string, string];
// LoRA is merged, as for an answer that is to come soon; the position table is sized for the longest prompt.
const { lora: _lora, ...sizes } = presets.paper;
const config = { ...sizes, maxPositions: LONGEST_CONTEXT, specialTokens: { bos: null, eos: [] } };

/** A word per id: nothing is written, and whatever the model says is read. */
const tokenizer = {
  version: '1.0',
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: null,
  decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  model: {
    type: 'BPE',
    vocab: Object.fromEntries(Array.from({ length: config.vocabSize }, (_, id) => [`t${id}`, id])),
    merges: [],
  },
} as unknown as TokenizerJson;

/** A prompt of soft tokens and some tokens of an answer. */
async function answer(model: CausalLanguageModel, promptTokens: number): Promise<AnswerFigures> {
  const random = new Random(promptTokens);
  const values = Float32Array.from({ length: promptTokens * config.hidden }, () => 0.05 * random.normal());
  const embeddings = floatTensor(values, [1, promptTokens, config.hidden]);
  const samples: Sample[] = [];
  let elapsed = startTimer();
  const options = { maxNewTokens: MEASURED_TOKENS + 1 };
  for await (const _ of model.generate([{ modality: 'audio' }], [{ modality: 'audio', embeddings }], options)) {
    samples.push(elapsed());
    elapsed = startTimer();
  }
  return answerFigures(promptTokens, samples);
}

/** Stored as people store models of this size, in 16 bits. */
async function write(): Promise<void> {
  const weights = generatedWeights(traceModule(generationModule, config));
  const model = await CausalLanguageModel.fromWeights(config, weights, { tokenizer });
  await model.save(folder, { storage: () => 'bfloat16' });
  await model.dispose();
}

async function measure(): Promise<LanguageModelFigures> {
  const loading = startTimer();
  const options = { precision: precision as Precision, threads: Number(threads) };
  const model = await CausalLanguageModel.fromPretrained(folder, options);
  await answer(model, 8); // compiles both graphs
  const { seconds: loadSeconds, processorSeconds: loadProcessorSeconds } = loading();
  const loadPeakBytes = process.resourceUsage().maxRSS * 1024;
  const answers: AnswerFigures[] = [];
  for (const length of lengths.split(',').filter(Boolean).map(Number)) answers.push(await answer(model, length));
  const figures = {
    device: model.device,
    loadSeconds,
    loadProcessorSeconds,
    loadPeakBytes,
    residentBytes: process.memoryUsage().rss,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    answers,
  };
  await model.dispose();
  return figures;
}

if (command === 'write') await write();
else process.stdout.write(`${JSON.stringify(await measure())}\n`);
process.exit(0);

/**
 * The language model of the paper's size with random weights, in a process of its own, so that its memory is its own. Prints one
 * line of JSON, {@link LanguageModelFigures}. argv: precision, threads, lengths of prompts separated by commas.
 */
import { type Precision, Random, traceModule } from '@nano-emox/engine';
import { CausalLanguageModel, generationModule, presets, type TokenizerJson } from '@nano-emox/lm-lora';
import { floatTensor } from '@nano-emox/tensor-contract';
import { type Sample, startTimer } from '../measure/contestant';
import { seriesOf } from '../measure/interleave';
import { generatedWeights } from './generated-weights';
import type { AnswerFigures, LanguageModelFigures } from './language-model-figures';

const MEASURED_TOKENS = 12;
const [precision, threads, lengths = ''] = process.argv.slice(2) as [Precision, string, string];
// LoRA is merged, as for an answer that is to come soon; the position table is sized for the longest prompt.
const { lora: _lora, ...sizes } = presets.paper;
const config = { ...sizes, maxPositions: 4608, specialTokens: { bos: null, eos: [] } };

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
  const [prompt, ...tokens] = samples as [Sample, ...Sample[]];
  const { medianSeconds, medianProcessorSeconds } = seriesOf('tokens', tokens);
  const bestSeconds = Math.min(...tokens.map(({ seconds }) => seconds));
  return {
    promptTokens,
    prompt,
    token: { seconds: medianSeconds, processorSeconds: medianProcessorSeconds, bestSeconds },
  };
}

const loading = startTimer();
const weights = generatedWeights(traceModule(generationModule, config));
const model = await CausalLanguageModel.fromWeights(config, weights, {
  tokenizer,
  precision,
  threads: Number(threads),
});
await answer(model, 8); // compiles both graphs
const { seconds: loadSeconds, processorSeconds: loadProcessorSeconds, peakBytes: loadPeakBytes } = loading();
const answers: AnswerFigures[] = [];
for (const length of lengths.split(',').map(Number)) answers.push(await answer(model, length));
const figures: LanguageModelFigures = {
  device: model.device,
  loadSeconds,
  loadProcessorSeconds,
  loadPeakBytes: loadPeakBytes ?? Number.NaN,
  residentBytes: process.memoryUsage().rss,
  peakBytes: process.resourceUsage().maxRSS * 1024,
  answers,
};
await model.dispose();
process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exit(0);

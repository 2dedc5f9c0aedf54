import { join } from 'node:path';
import {
  crossEntropy,
  defineModule,
  deriveSeed,
  flattenRows,
  gather,
  initializeWeights,
  Random,
  traceModule,
} from '@nano-emox/engine';
import {
  CausalLanguageModel,
  collateSequences,
  type DecoderConfig,
  decodeSequences,
  type LabelledSequence,
  languageModelHead,
  type TextTokenizer,
  tokenizePrompt,
} from '@nano-emox/lm-lora';
import { type DataSet, type Phase, trainPhase } from '@nano-emox/p2e';
import { bool, f32, i64 } from '@nano-emox/tensor-contract';
import { folder as tinyWeights } from '@nano-emox/weights-tiny';
import type { EmotionModelConfig } from 'nano-emox';
import { supervisedRows } from 'nano-emox/training';
import { loadTaskTexts, type TaskText } from '../data/task-texts';
import { textSources } from '../data/text-sets';
import { taskTextWeights, WeightedDraw } from '../data/weighted-draw';
import { type PretrainOptions, warmupOf } from './pretrain-options';
import { partsOfModel } from './pretrained-folders';
import { openPretraining } from './pretraining-session';
import { readTokenizer } from './trainable-network';

/** The decoder before the curriculum: the same sizes, no LoRA, plain attention. */
function plainDecoder({ languageModel }: EmotionModelConfig): DecoderConfig {
  const { lora: _lora, attention: _attention, ...config } = languageModel;
  return config;
}

/** Next-token loss over whole texts, prompt and answer. */
const languageNetwork = defineModule({
  name: 'LanguagePretraining',
  inputs: (_: DecoderConfig) => ({
    inputIds: i64('batch', 'time'),
    attentionMask: bool('batch', 'time'),
    spliceIndex: i64('batch', 'time'),
    softTokens: f32('batch', 'soft', 'hidden'),
    rows: i64('rows'),
    targets: i64('rows'),
  }),
  outputs: () => ({ loss: f32() }),
  forward({ rows, targets, ...sequences }, weights, config) {
    const { hidden } = decodeSequences(sequences, weights, config);
    return { loss: crossEntropy(languageModelHead(gather(flattenRows(hidden), rows), weights, config), targets) };
  },
});

/** Trains the decoder on the questions and answers of the six tasks, and of the five on text alone, in words. */
export async function pretrainLanguageModel(options: PretrainOptions): Promise<void> {
  const { rendered, data, runFolder, seed, steps, signal } = options;
  const config = plainDecoder(options.config);
  const tokenizer = await readTokenizer(partsOfModel(tinyWeights).languageModel);
  const truths = Array.from({ length: rendered.train.count }, (_, index) => rendered.train.truth(index));
  const sources = textSources.filter((source) => data?.sets.includes(source));
  const texts = await loadTaskTexts({ clips: truths, ...(data && { dataFolder: data.folder, sources }) });
  const draw = new WeightedDraw(taskTextWeights(texts.train));
  // The sampler's order is replaced by the weighted draw: every task and label gets its share.
  const set: DataSet<TaskText> = {
    name: 'task-texts',
    length: texts.train.length,
    get: (index) => texts.train[draw.draw(new Random(deriveSeed(seed, `text ${index}`)))] as TaskText,
  };
  const graph = traceModule(languageNetwork, config);
  const folder = join(runFolder, 'language-model');
  const phase: Phase = {
    name: 'language-model',
    mixture: { 'task-texts': 1 },
    trainable: [{ match: '', group: 'all' }],
    learningRates: { all: { initial: 2e-3, minimum: 5e-5, warmup: 1e-5 } },
    warmupSteps: warmupOf(steps, 60),
    steps,
    batchSize: 32,
    weightDecay: 0.05,
    clipNorm: 1,
  };
  const session = await openPretraining(folder, { languageModel: config, phase }, options);
  const { executor } = session;
  const sequenceOf = (text: TaskText): LabelledSequence => fullySupervised(tokenizer, text, config);
  const collate = (items: readonly TaskText[]) => {
    const { labels, ...sequences } = collateSequences(items.map(sequenceOf), 0);
    const softTokens = { type: 'float32', dims: [items.length, 0, config.hidden], data: new Float32Array(0) } as const;
    return { ...sequences, softTokens, ...supervisedRows(labels) };
  };
  try {
    const { weights } = await trainPhase({
      model: { graph, weights: initializeWeights(graph, seed), collate },
      phase,
      dataSets: [set],
      executor,
      seed,
      checkpointFolder: folder,
      checkpointEverySteps: 250,
      onEvent: session.record,
      ...(signal && { signal }),
    });
    const model = await CausalLanguageModel.fromWeights(config, weights, { tokenizer, executor });
    await model.save(join(folder, 'model'));
    await model.dispose();
    await session.finish();
  } finally {
    await session.dispose();
  }
}

/** `[bos] prompt answer [eos]` with every token after the first supervised. */
function fullySupervised(
  tokenizer: TextTokenizer,
  { segments, answer }: TaskText,
  { specialTokens }: DecoderConfig,
): LabelledSequence {
  const { inputIds } = tokenizePrompt(tokenizer, segments, {}, specialTokens.bos);
  inputIds.push(...tokenizer.encode(answer), ...specialTokens.eos.slice(0, 1));
  return { inputIds, spliceIndex: inputIds.map(() => -1), labels: inputIds };
}

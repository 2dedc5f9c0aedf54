import { join } from 'node:path';
import {
  crossEntropy,
  defineModule,
  flattenRows,
  gather,
  IGNORED_LABEL,
  initializeWeights,
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
import { type AnyTaskId, allTaskIds } from '@nano-emox/tasks';
import { bool, f32, floatTensor, i64 } from '@nano-emox/tensor-contract';
import { folder as tinyWeights } from '@nano-emox/weights-tiny';
import type { EmotionModelConfig } from 'nano-emox';
import { supervisedRows } from 'nano-emox/training';
import { loadTaskTexts, type TaskText } from '../data/task-texts';
import { textSources } from '../data/text-sets';
import { drawnTexts, taskShares } from '../data/weighted-draw';
import { EMBEDDINGS, learnWords } from './learn-words';
import { type PretrainOptions, warmupOf } from './pretrain-options';
import { partsOfModel } from './pretrained-folders';
import { openPretraining } from './pretraining-session';
import { readTokenizer } from './trainable-network';

/** The decoder before the curriculum: the same sizes, no LoRA, plain attention. */
function plainDecoder({ languageModel }: EmotionModelConfig): DecoderConfig {
  const { lora: _lora, attention: _attention, ...config } = languageModel;
  return config;
}

/** Steps of the embeddings before those of the decoder, as a share of them. */
const WORD_STEPS = 0.2;

/** Next-token loss of answers. */
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
  const sets = taskSets(texts.train, seed);
  const graph = traceModule(languageNetwork, config);
  const folder = join(runFolder, 'language-model');
  const phase: Phase = {
    name: 'language-model',
    mixture: Object.fromEntries(sets.map(({ name }) => [name, taskShares[name as AnyTaskId]])),
    trainable: [{ match: '', group: 'all' }],
    learningRates: { all: { initial: 2e-3, minimum: 5e-5, warmup: 1e-5 } },
    warmupSteps: warmupOf(steps, 60),
    steps,
    batchSize: 16,
    weightDecay: 0.05,
    clipNorm: 1,
  };
  const session = await openPretraining(folder, { languageModel: config, phase }, options);
  const { executor } = session;
  const collate = (items: readonly TaskText[]) => {
    const { labels, ...sequences } = collateSequences(
      items.map((text) => sequenceOf(tokenizer, text, config)),
      0,
    );
    const softTokens = floatTensor(new Float32Array(0), [items.length, 0, config.hidden]);
    return { ...sequences, softTokens, ...supervisedRows(labels) };
  };
  try {
    const shared = { executor, seed, onEvent: session.record, ...(signal && { signal }) };
    const embeddings = await learnWords({
      ...{ ...shared, texts: texts.train, tokenizer, folder },
      ...{ hidden: config.hidden, vocabSize: config.vocabSize, steps: Math.ceil(WORD_STEPS * steps) },
    });
    const fresh = initializeWeights(graph, seed);
    const { weights } = await trainPhase({
      model: { graph, weights: new Map([...fresh, [EMBEDDINGS, embeddings]]), collate },
      phase,
      dataSets: sets,
      checkpointFolder: folder,
      checkpointEverySteps: 250,
      ...shared,
    });
    const model = await CausalLanguageModel.fromWeights(config, weights, { tokenizer, executor });
    await model.save(join(folder, 'model'));
    await model.dispose();
    await session.finish();
  } finally {
    await session.dispose();
  }
}

/**
 * A set for each task, so that a batch has one: questions of a task are of like length, and little is padded.
 */
function taskSets(texts: readonly TaskText[], seed: number): DataSet<TaskText>[] {
  return allTaskIds.flatMap((task: AnyTaskId): DataSet<TaskText>[] => {
    const ofTask = texts.filter((text) => text.task === task);
    return ofTask.length === 0 ? [] : [drawnTexts(task, ofTask, seed)];
  });
}

/**
 * `[bos] prompt answer [eos]`, of which the answer is learnt: of a question, nine tokens of ten are the same each time, and scores over the
 * vocabulary for each of them would cost a third of a step.
 */
function sequenceOf(
  tokenizer: TextTokenizer,
  { segments, answer }: TaskText,
  { specialTokens }: DecoderConfig,
): LabelledSequence {
  const { inputIds: prompt } = tokenizePrompt(tokenizer, segments, {}, specialTokens.bos);
  const learnt = [...tokenizer.encode(answer), ...specialTokens.eos.slice(0, 1)];
  const inputIds = [...prompt, ...learnt];
  const labels = [...prompt.map(() => IGNORED_LABEL), ...learnt];
  return { inputIds, spliceIndex: inputIds.map(() => -1), labels };
}

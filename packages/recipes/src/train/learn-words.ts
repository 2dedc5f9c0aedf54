import {
  add,
  cast,
  defineModule,
  div,
  type Executor,
  gather,
  initializeWeights,
  linearLayer,
  logSoftmax,
  maximum,
  mean,
  mul,
  neg,
  normal,
  sum,
  traceModule,
  unsqueeze,
} from '@nano-emox/engine';
import type { TextTokenizer } from '@nano-emox/lm-lora';
import { type Phase, type TrainingEvent, trainPhase } from '@nano-emox/p2e';
import type { AnyTaskId } from '@nano-emox/tasks';
import {
  bool,
  type FloatTensor,
  f32,
  floatTensor,
  type HostTensor,
  i64,
  type RunOptions,
} from '@nano-emox/tensor-contract';
import type { TaskText } from '../data/task-texts';
import { drawnTexts } from '../data/weighted-draw';
import { warmupOf } from './pretrain-options';

/** Options of {@link learnWords}. */
export interface LearnWordsOptions extends RunOptions {
  readonly texts: readonly TaskText[];
  readonly tokenizer: TextTokenizer;
  /** Width of the embeddings. */
  readonly hidden: number;
  readonly vocabSize: number;
  readonly steps: number;
  readonly seed: number;
  readonly executor: Executor;
  /** For the checkpoint. */
  readonly folder: string;
  readonly onEvent: (event: TrainingEvent) => void;
}

/** Tasks whose labels are classes of the words alone. */
const wordTasks: readonly AnyTaskId[] = ['mer', 'msa', 'mir'];

/** Standard deviation of the result: above that of fresh weights, so that what was learnt outweighs what the layers begin with. */
const DEVIATION = 0.05;
/** Mean embeddings are small; the head reads them this many times larger. */
const MEAN_SCALE = 16;
/** Added to the logits of classes of another task. */
const EXCLUDED = -1e4;
/** Subtitles are rarely longer. */
const MAX_TOKENS = 64;

interface WordsConfig {
  readonly vocabSize: number;
  readonly hidden: number;
  readonly classes: number;
}

/** The mean of the embeddings of an utterance, and a linear head for the classes of each task. */
const wordsNetwork = defineModule({
  name: 'WordsPretraining',
  inputs: (_: WordsConfig) => ({
    inputIds: i64('batch', 'time'),
    attentionMask: bool('batch', 'time'),
    targets: f32('batch', 'classes'),
    excluded: f32('batch', 'classes'),
  }),
  outputs: () => ({ loss: f32() }),
  forward({ inputIds, attentionMask, targets, excluded }, weights, { vocabSize, hidden, classes }) {
    const table = weights.get(EMBEDDINGS, [vocabSize, hidden], normal(0.02));
    const present = unsqueeze(cast(attentionMask, 'float32'), 2); // [batch, time, 1]
    const total = sum(mul(gather(table, inputIds), present), [1]);
    const average = mul(div(total, maximum(sum(present, [1]), 1)), MEAN_SCALE); // [batch, hidden]
    const logits = add(linearLayer(average, weights.scope('head'), classes), excluded);
    return { loss: neg(mean(sum(mul(logSoftmax(logits), targets), [1]), [0])) };
  },
});

/** Name of the embeddings in a decoder. */
export const EMBEDDINGS = 'model.embed_tokens.weight';

/**
 * Embeddings of a vocabulary from the classes of utterances: which emotion, sentiment and intent goes with which words is learnt by an
 * average of embeddings (Joulin et al. 2017) in a minute, and by a small decoder, which sees each text in a long question, in hours.
 * @returns float32 `[vocabSize, hidden]`, to begin the decoder with
 */
export async function learnWords(options: LearnWordsOptions): Promise<FloatTensor> {
  const { tokenizer, hidden, vocabSize, steps, seed, executor, folder, onEvent, signal } = options;
  const texts = options.texts.filter(({ task, words }) => wordTasks.includes(task) && words !== undefined);
  const classes = [...new Set(texts.map(classOf))].sort();
  const graph = traceModule(wordsNetwork, { vocabSize, hidden, classes: classes.length });
  const phase: Phase = {
    name: 'words',
    mixture: { utterances: 1 },
    trainable: [{ match: '', group: 'all' }],
    learningRates: { all: { initial: 3e-3, minimum: 1e-4, warmup: 1e-5 } },
    warmupSteps: warmupOf(steps, 40),
    steps,
    batchSize: 512,
    weightDecay: 0,
    clipNorm: 1,
  };
  const { weights } = await trainPhase({
    model: {
      graph,
      weights: initializeWeights(graph, seed),
      collate: (items) => collateWords(items, tokenizer, classes),
    },
    phase,
    dataSets: [drawnTexts('utterances', texts, seed, 'words')],
    executor,
    seed,
    checkpointFolder: folder,
    onEvent,
    ...(signal && { signal }),
  });
  return scaledTo(DEVIATION, weights.get(EMBEDDINGS) as FloatTensor);
}

const classOf = ({ task, label }: TaskText): string => `${task} ${label}`;

function collateWords(
  items: readonly TaskText[],
  tokenizer: TextTokenizer,
  classes: readonly string[],
): Record<string, HostTensor> {
  const ids = items.map(({ words = '' }) => tokenizer.encode(words).slice(0, MAX_TOKENS));
  const time = Math.max(1, ...ids.map(({ length }) => length));
  const inputIds = new BigInt64Array(items.length * time);
  const attentionMask = new Uint8Array(items.length * time);
  const targets = new Float32Array(items.length * classes.length);
  const excluded = new Float32Array(items.length * classes.length);
  items.forEach((item, row) => {
    (ids[row] as number[]).forEach((id, column) => {
      inputIds[row * time + column] = BigInt(id);
      attentionMask[row * time + column] = 1;
    });
    targets[row * classes.length + classes.indexOf(classOf(item))] = 1;
    classes.forEach((name, column) => {
      if (!name.startsWith(`${item.task} `)) excluded[row * classes.length + column] = EXCLUDED;
    });
  });
  const dims = [items.length, time];
  return {
    inputIds: { type: 'int64', dims, data: inputIds },
    attentionMask: { type: 'bool', dims, data: attentionMask },
    targets: floatTensor(targets, [items.length, classes.length]),
    excluded: floatTensor(excluded, [items.length, classes.length]),
  };
}

function scaledTo(deviation: number, { data, dims }: FloatTensor): FloatTensor {
  const present = Math.sqrt(data.reduce((total, value) => total + value * value, 0) / data.length);
  return floatTensor(
    data.map((value) => (value * deviation) / present),
    dims,
  );
}

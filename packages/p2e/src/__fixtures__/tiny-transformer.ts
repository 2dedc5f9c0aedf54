import {
  add,
  crossEntropy,
  type Graph,
  gather,
  gelu,
  graphOf,
  initializeWeights,
  input,
  layerNormLayer,
  linearLayer,
  mean,
  normal,
  Random,
  torchAttentionLayer,
  tracingScope,
} from '@nano-emox/engine';
import { type HostTensor, i64 } from '@nano-emox/tensor-contract';
import type { Curriculum } from '../curriculum';
import type { Phase } from '../phase';
import type { DataSet } from '../sampler';
import type { TrainableModel } from '../train-phase';

/** Tokens, of which one occurs most often. */
export interface Sentence {
  readonly tokens: readonly number[];
  readonly mostFrequent: number;
}

const vocabulary = 12;
const width = 24;
const length = 10;

function transformer(): Graph {
  const weights = tracingScope();
  const tokens = input('tokens', i64('batch', length));
  let x = gather(weights.scope('embed').get('weight', [vocabulary, width], normal(1)), tokens); // [batch, length, width]
  for (const layer of [0, 1]) {
    const scope = weights.scope('layers', layer);
    const before = layerNormLayer(x, scope.scope('norm1'), 1e-5);
    x = add(x, torchAttentionLayer(before, before, before, scope.scope('attn'), 4));
    const between = layerNormLayer(x, scope.scope('norm2'), 1e-5);
    x = add(x, linearLayer(gelu(linearLayer(between, scope.scope('up'), 2 * width)), scope.scope('down'), width));
  }
  const logits = linearLayer(mean(x, [1]), weights.scope('head'), vocabulary); // [batch, vocabulary]
  return graphOf({ loss: crossEntropy(logits, input('labels', i64('batch'))) });
}

const integers = (values: readonly number[], dims: readonly number[]): HostTensor => ({
  type: 'int64',
  dims,
  data: BigInt64Array.from(values, BigInt),
});

/** A real transformer, of a size that starts and learns in moments: tells which token of a sentence occurs most often. */
export function tinyTransformer(seed = 1): TrainableModel<Sentence> {
  const graph = transformer();
  return {
    graph,
    weights: initializeWeights(graph, seed),
    collate: (sentences) => ({
      tokens: integers(
        sentences.flatMap(({ tokens }) => tokens),
        [sentences.length, length],
      ),
      labels: integers(
        sentences.map(({ mostFrequent }) => mostFrequent),
        [sentences.length],
      ),
    }),
    countTokens: ({ tokens }) => tokens?.data.length ?? 0,
  };
}

/** Sentences of a seed. */
export function sentences(name: string, count: number, seed: number): DataSet<Sentence> {
  const random = new Random(seed);
  const all = Array.from({ length: count }, (): Sentence => {
    const mostFrequent = random.integer(vocabulary);
    const tokens = Array.from({ length }, (_, place) => (place < 4 ? mostFrequent : random.integer(vocabulary)));
    return { tokens: random.shuffle(tokens), mostFrequent };
  });
  return { name, length: count, get: (index) => all[index] as Sentence };
}

const phase: Omit<Phase, 'name' | 'steps' | 'trainable'> = {
  mixture: { short: 1, long: 2 },
  learningRates: { all: { initial: 5e-3, minimum: 5e-4, warmup: 1e-4 } },
  batchSize: 4,
  accumulationSteps: 2,
  warmupSteps: 5,
  clipNorm: 1,
};

/** Two phases with everything a checkpoint has to hold. */
export const tinyCurriculum = (steps: number): Curriculum => ({
  name: 'tiny',
  phases: [
    { ...phase, name: 'head', steps, trainable: [{ match: /^(head|embed)\./, group: 'all' }] },
    { ...phase, name: 'all', steps, trainable: [{ match: '', group: 'all' }] },
  ],
});

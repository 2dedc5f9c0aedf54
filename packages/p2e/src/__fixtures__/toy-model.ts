import { crossEntropy, type Graph, graphOf, initializeWeights, input, Random, tanh, tracingScope } from '@nano-emox/engine';
import { linearLayer } from '@nano-emox/engine';
import { f32, type HostTensor, i64 } from '@nano-emox/tensor-contract';
import type { Phase } from '../phase';
import type { DataSet } from '../sampler';
import type { TrainableModel } from '../train-phase';

/** A point and the class of its quadrant. */
export interface Point {
  readonly position: readonly [number, number];
  readonly label: number;
}

const classes = 4;

function toyGraph(): Graph {
  const weights = tracingScope();
  const hidden = tanh(linearLayer(input('positions', f32('batch', 2)), weights.scope('up'), 16));
  const logits = linearLayer(hidden, weights.scope('down'), classes);
  return graphOf({ loss: crossEntropy(logits, input('labels', i64('batch'))) });
}

/** A two-layer classifier of points by quadrant: small enough to train in a test, real enough to learn. */
export function toyModel(seed = 1): TrainableModel<Point> {
  const graph = toyGraph();
  return {
    graph,
    weights: initializeWeights(graph, seed),
    collate: (points) => ({
      positions: {
        type: 'float32',
        dims: [points.length, 2],
        data: Float32Array.from(points.flatMap(({ position }) => position)),
      },
      labels: {
        type: 'int64',
        dims: [points.length],
        data: BigInt64Array.from(points, ({ label }) => BigInt(label)),
      },
    }),
  };
}

/** Points of a seed, by quadrant. */
export function quadrants(name: string, length: number, seed: number): DataSet<Point> {
  const random = new Random(seed);
  const points = Array.from({ length }, (): Point => {
    const [x, y] = [2 * random.uniform() - 1, 2 * random.uniform() - 1];
    return { position: [x, y], label: (x > 0 ? 1 : 0) + (y > 0 ? 2 : 0) };
  });
  return { name, length, get: (index) => points[index] as Point };
}

export const toyPhase: Phase = {
  name: 'toy',
  mixture: { near: 3, far: 1 },
  trainable: [{ match: '', group: 'all' }],
  learningRates: { all: { initial: 3e-2, minimum: 3e-3, warmup: 1e-3 } },
  steps: 30,
  batchSize: 16,
  warmupSteps: 3,
};

export const toyDataSets = [quadrants('near', 64, 1), quadrants('far', 40, 2)];

/** Weights as plain arrays, for comparison to the last bit. */
export function plain(weights: ReadonlyMap<string, HostTensor>): Record<string, number[]> {
  return Object.fromEntries([...weights].map(([name, { data }]) => [name, Array.from(data, Number)]));
}

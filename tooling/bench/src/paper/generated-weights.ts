import { type Graph, Random } from '@nano-emox/engine';
import { elementCount, type FloatTensor } from '@nano-emox/tensor-contract';

/** Random numbers that are repeated to fill large tensors; a prime, so that rows differ. */
const POOL = 1_000_003;

/**
 * Random weights of a graph that are made each time their values are read, so that a model of 6 GB need not be held beside what is
 * compiled from it. Matrices are scaled as PyTorch scales fresh ones, norms begin at 1, biases at 0.
 */
export function generatedWeights(graph: Graph, seed = 1): Map<string, FloatTensor> {
  const random = new Random(seed);
  const pool = Float32Array.from({ length: POOL }, () => random.normal());
  return new Map(
    [...graph.parameters].map(([name, { shape }], index): [string, FloatTensor] => {
      const dims = shape as readonly number[];
      const start = (index * 7919) % POOL;
      return [
        name,
        {
          type: 'float32',
          dims,
          get data() {
            return fill(new Float32Array(elementCount(dims)), dims, name, pool, start);
          },
        },
      ];
    }),
  );
}

function fill(
  data: Float32Array,
  dims: readonly number[],
  name: string,
  pool: Float32Array,
  start: number,
): Float32Array {
  if (dims.length < 2) return data.fill(name.endsWith('bias') ? 0 : 1);
  const deviation = 1 / Math.sqrt(data.length / (dims[0] as number));
  for (let index = 0, from = start; index < data.length; index++, from++) {
    if (from === pool.length) from = 0;
    data[index] = deviation * (pool[from] as number);
  }
  return data;
}

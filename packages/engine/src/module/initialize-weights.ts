import { elementCount, type FloatTensor } from '@nano-emox/tensor-contract';
import type { Graph } from '../graph/graph';
import type { Initializer } from '../graph/value';
import { deriveSeed, Random } from '../random';

/** Fresh weights for every parameter of `graph`. Each depends on `seed` and its own name only. */
export function initializeWeights(graph: Graph, seed: number): Map<string, FloatTensor> {
  const weights = new Map<string, FloatTensor>();
  for (const [name, { origin, shape }] of graph.parameters) {
    if (origin.kind !== 'parameter') continue;
    const dims = shape as readonly number[];
    const data = fill(elementCount(dims), origin.initializer, new Random(deriveSeed(seed, name)));
    weights.set(name, { type: 'float32', dims, data });
  }
  return weights;
}

function fill(count: number, initializer: Initializer, random: Random): Float32Array {
  switch (initializer.kind) {
    case 'constant':
      return new Float32Array(count).fill(initializer.value);
    case 'values':
      return Float32Array.from(initializer.values);
    case 'uniform':
      return new Float32Array(count).map(() => (2 * random.uniform() - 1) * initializer.bound);
    case 'normal':
      return new Float32Array(count).map(() => random.normal() * initializer.deviation);
  }
}

import { type HostTensor, WeightsMismatchError } from '@nano-emox/tensor-contract';
import type { Graph } from '../graph/graph';

/**
 * Picks the weights a graph needs, strictly: one error lists all that are missing, unexpected or mis-shaped.
 * `ignores` names tensors that upstream checkpoints carry and the module never reads.
 */
export function bindWeights(
  where: string,
  graph: Graph,
  weights: ReadonlyMap<string, HostTensor>,
  ignores: (name: string) => boolean = () => false,
): Map<string, HostTensor> {
  const bound = new Map<string, HostTensor>();
  const missing: string[] = [];
  const misshapen: { name: string; expected: readonly number[]; received: readonly number[] }[] = [];
  for (const [name, { shape }] of graph.parameters) {
    const tensor = weights.get(name);
    if (!tensor) missing.push(name);
    else if (tensor.dims.join() !== shape.join())
      misshapen.push({ name, expected: shape as number[], received: tensor.dims });
    else bound.set(name, tensor);
  }
  const unexpected = [...weights.keys()].filter((name) => !graph.parameters.has(name) && !ignores(name));
  if (missing.length + unexpected.length + misshapen.length > 0) {
    throw new WeightsMismatchError({ where, missing, unexpected, misshapen });
  }
  return bound;
}

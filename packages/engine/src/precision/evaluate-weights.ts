import { type FloatTensor, floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { evaluateReference } from '../executors/reference/evaluate-reference';
import { leavesOf } from '../graph/graph';
import type { Value } from '../graph/value';

/** A float32 value made of parameters and constants alone: a weight, or one cut, joined or turned from others. */
export function evaluateWeights(value: Value, weights: ReadonlyMap<string, HostTensor>): FloatTensor {
  if (value.origin.kind === 'parameter') return weights.get(value.origin.name) as FloatTensor;
  if (value.origin.kind === 'constant') return value.origin.tensor as FloatTensor;
  const names = leavesOf([value]).flatMap(({ origin }) => (origin.kind === 'parameter' ? [origin.name] : []));
  const parameters = new Map(names.map((name) => [name, weights.get(name) as HostTensor]));
  const result = evaluateReference(new Map([['value', value]]), { parameters }).get('value') as FloatTensor;
  return floatTensor(result.data, result.dims);
}

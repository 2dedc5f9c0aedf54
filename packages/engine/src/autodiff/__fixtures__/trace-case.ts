import { elementCount, f32, type HostTensor } from '@nano-emox/tensor-contract';
import { evaluateDim } from '../../graph/dim';
import { input } from '../../graph/leaves';
import { makeValue, type Value } from '../../graph/value';
import { mul } from '../../ops/elementwise';
import { sum } from '../../ops/reduce';
import { deriveSeed, Random } from '../../random';
import { gradientsOf, prepareForDifferentiation } from '../differentiate';
import type { CaseAxis, GradientCase } from './gradient-cases';

/** A case as a graph: its loss, the gradient of each input, and values to run it on. */
export interface TracedCase {
  readonly loss: Value;
  readonly gradients: readonly Value[];
  readonly inputNames: readonly string[];
  readonly feeds: Readonly<Record<string, HostTensor<'float64'>>>;
}

const nameOf = (axis: CaseAxis) => (typeof axis === 'number' ? axis : axis[0]);
const sizeOf = (axis: CaseAxis) => (typeof axis === 'number' ? axis : axis[1]);

function randomTensor(random: Random, dims: readonly number[], low: number, high: number): HostTensor<'float64'> {
  // Values that float32 holds exactly, so that every runtime starts from the same numbers.
  const draw = () => Math.fround(low + (high - low) * random.uniform());
  return { type: 'float64', dims, data: Float64Array.from({ length: elementCount(dims) }, draw) };
}

/** Traces `Σ y · cotangent` of a case with a random cotangent, which makes every element of y matter differently. */
export function traceCase({ rule, variant, inputs, range: [low, high] = [-1, 1], build }: GradientCase): TracedCase {
  const random = new Random(deriveSeed(1, `${rule} ${variant}`));
  const values = inputs.map((axes, index) => input(`x${index}`, f32(...axes.map(nameOf))));
  const feeds: Record<string, HostTensor<'float64'>> = {};
  inputs.forEach((axes, index) => {
    feeds[`x${index}`] = randomTensor(random, axes.map(sizeOf), low, high);
  });
  const named = inputs.flat().flatMap((axis) => (typeof axis === 'number' ? [] : [axis]));
  const y = build(values);
  const dims = y.shape.map((dim) => evaluateDim(dim, new Map(named)));
  const cotangent = makeValue(y, { kind: 'input', name: 'cotangent' });
  feeds.cotangent = randomTensor(random, dims, -1, 1);
  const total = sum(
    mul(y, cotangent),
    y.shape.map((_, axis) => axis),
  );
  const loss = prepareForDifferentiation(new Map([['loss', total]])).get('loss') as Value;
  return { loss, gradients: gradientsOf(loss, values), inputNames: values.map((_, index) => `x${index}`), feeds };
}

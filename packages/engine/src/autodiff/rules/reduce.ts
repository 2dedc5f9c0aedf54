import { type Dim, dimsEqual, multiplyDims } from '../../graph/dim';
import type { Attributes, Value } from '../../graph/value';
import { cast, div, equal, exp, mul, neg, sub, where } from '../../ops/elementwise';
import { scatterAddElements } from '../../ops/indexing';

import { type ReduceAttributes, sum } from '../../ops/reduce';
import { dimValue, expand, reshape } from '../../ops/shape';
import { type GradientRules, perInput } from '../rule';

const reduction = (attributes: Attributes) => attributes as unknown as ReduceAttributes;

/** A reduced value with its axes back at size 1. */
function withAxes(reduced: Value, x: Value, axes: readonly number[]): Value {
  return reshape(
    reduced,
    x.shape.map((dim, index) => (axes.includes(index) ? 1 : dim)),
  );
}

/** What was added to zeros along `axis`, one element or more per line, where a gradient was made so by `gatherElements`. */
function sparseAlong(axis: number, { origin, shape }: Value): { indices: Value; updates: Value } | undefined {
  if (origin.kind !== 'node' || origin.node.op.name !== 'ScatterElements') return undefined;
  const [base, indices, updates] = origin.node.inputs as [Value, Value, Value];
  const coversEveryLine = shape.every((dim, index) => index === axis || dimsEqual(dim, updates.shape[index] as Dim));
  return origin.node.attributes.axis === axis && coversEveryLine && isZeros(base) ? { indices, updates } : undefined;
}

/** Whether a value is what `zerosLike` makes. */
function isZeros({ origin }: Value): boolean {
  const filler = origin.kind === 'node' && origin.node.op.name === 'Expand' ? origin.node.inputs[0]?.origin : undefined;
  return filler?.kind === 'constant' && filler.tensor.data.length === 1 && Number(filler.tensor.data[0]) === 0;
}

/**
 * `gradient − exp(y) · Σ gradient`. Under cross-entropy the gradient has one element per row; it is then added to the rest
 * instead of being spread over all classes first, which halves the passes over `[rows, classes]`.
 */
function logSoftmaxGradient(gradient: Value, y: Value, axis: number): Value {
  const sparse = sparseAlong(axis, gradient);
  if (!sparse) return sub(gradient, mul(exp(y), sum(gradient, [axis], true)));
  const { indices, updates } = sparse;
  return scatterAddElements(mul(exp(y), neg(sum(updates, [axis], true))), indices, updates, axis);
}

export const reduceRules: GradientRules = {
  ReduceSum: perInput('ReduceSum', (gradient, { inputs, attributes }) => {
    const [x] = inputs as [Value];
    return expand(withAxes(gradient, x, reduction(attributes).axes), x.shape);
  }),
  ReduceMean: perInput('ReduceMean', (gradient, { inputs, attributes }) => {
    const [x] = inputs as [Value];
    const { axes } = reduction(attributes);
    const count = multiplyDims(...x.shape.filter((_, index) => axes.includes(index)));
    const share = div(gradient, dimValue(count, gradient.type));
    return expand(withAxes(share, x, axes), x.shape);
  }),
  ReduceMax: perInput('ReduceMax', (gradient, { inputs, outputs, attributes }) => {
    const [x] = inputs as [Value];
    const { axes } = reduction(attributes);
    const isLargest = equal(x, withAxes(outputs[0] as Value, x, axes));
    const ties = sum(cast(isLargest, gradient.type), axes, true);
    return where(isLargest, div(withAxes(gradient, x, axes), ties), 0);
  }),
  Softmax: perInput('Softmax', (gradient, { outputs, attributes }) => {
    const [y] = outputs as [Value];
    const weighted = mul(gradient, y);
    return sub(weighted, mul(y, sum(weighted, [attributes.axis as number], true)));
  }),
  LogSoftmax: perInput('LogSoftmax', (gradient, { outputs, attributes }) =>
    logSoftmaxGradient(gradient, outputs[0] as Value, attributes.axis as number),
  ),
};

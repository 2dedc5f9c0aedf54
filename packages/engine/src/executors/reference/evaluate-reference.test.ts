import {
  DataTypeMismatchError,
  f32,
  floatTensor,
  type HostTensor,
  InvalidArgumentError,
  i64,
  ShapeMismatchError,
} from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { graphOf } from '../../graph/graph';
import { constantOf, input, parameter } from '../../graph/leaves';
import { applyOperation } from '../../graph/operation';
import type { Value } from '../../graph/value';
import { multiHeadAttention } from '../../ops/attention';
import { convolution, convolutionTranspose } from '../../ops/convolution';
import {
  add,
  cast,
  div,
  equal,
  greater,
  less,
  logicalAnd,
  logicalOr,
  modulo,
  mul,
  not,
  where,
} from '../../ops/elementwise';
import { gather, gatherElements, scatterAddElements, scatterAddRows } from '../../ops/indexing';
import { linear, matmul } from '../../ops/matmul';
import { layerNorm, rmsNorm } from '../../ops/normalization';
import { argMax, logSoftmax, max, mean, softmax, sum } from '../../ops/reduce';
import { concat, dimValue, expand, pad, range, roll, slice, split, transpose } from '../../ops/shape';
import { evaluateReference, type ReferenceFeeds } from './evaluate-reference';

const floats = (values: readonly number[], shape: readonly number[] = [values.length]) => constantOf(values, shape);
const integers = (values: readonly number[], shape: readonly number[] = [values.length]) =>
  constantOf(values, shape, 'int64');
const counting = (...shape: number[]) =>
  floats(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index),
    shape,
  );

function evaluate(value: Value, feeds: ReferenceFeeds = {}): HostTensor {
  return evaluateReference(new Map([['value', value]]), feeds).get('value') as HostTensor;
}

/** Elements of a result without inputs, as numbers. */
const elements = (value: Value, feeds: ReferenceFeeds = {}) =>
  Array.from(evaluate(value, { floatType: 'float64', ...feeds }).data as ArrayLike<number | bigint>, Number);

describe('kernels', () => {
  it('broadcast elementwise operands', () => {
    expect(elements(add(floats([1, 2], [2, 1]), floats([10, 20, 30])))).toEqual([11, 21, 31, 12, 22, 32]);
  });

  it('divide integers towards zero and take remainders with the sign of the divisor', () => {
    expect(elements(div(integers([7, -7]), 2))).toEqual([3, -3]);
    expect(elements(modulo(integers([7, -7]), 3))).toEqual([1, 2]);
    expect(elements(modulo(integers([7, -7]), -3))).toEqual([-2, -1]);
  });

  it('compare and combine truth values', () => {
    const x = floats([1, 2, 3]);
    expect(evaluate(less(x, 2))).toEqual({ type: 'bool', dims: [3], data: Uint8Array.of(1, 0, 0) });
    expect(elements(logicalOr(less(x, 2), greater(x, 2)))).toEqual([1, 0, 1]);
    expect(elements(logicalAnd(not(equal(x, 1)), less(x, 3)))).toEqual([0, 1, 0]);
    expect(elements(where(equal(x, 2), x, 0))).toEqual([0, 2, 0]);
  });

  it('cast by truncation and by being different from zero', () => {
    expect(evaluate(cast(floats([1.9, -1.9]), 'int64')).data).toEqual(BigInt64Array.of(1n, -1n));
    expect(elements(cast(floats([0, -0.5]), 'bool'))).toEqual([0, 1]);
  });

  it('reduce over any axes', () => {
    const x = counting(2, 3, 2);
    expect(elements(sum(x, [0, 2]))).toEqual([14, 22, 30]);
    expect(evaluate(mean(x, [1], true)).dims).toEqual([2, 1, 2]);
    expect(elements(mean(x, [1]))).toEqual([2, 3, 8, 9]);
    expect(elements(max(floats([-3, -1, -2, -5], [2, 2]), [1]))).toEqual([-1, -2]);
    expect(elements(argMax(floats([1, 3, 3, 2, 0, 1], [2, 3])))).toEqual([1, 0]);
  });

  it('compute softmax without overflow', () => {
    const x = floats([1000, 1000, -1000]);
    expect(elements(softmax(x))).toEqual([0.5, 0.5, 0]);
    expect(elements(logSoftmax(x))[0]).toBeCloseTo(-Math.LN2, 12);
  });

  it('move elements', () => {
    const x = counting(2, 3);
    expect(elements(transpose(x, [1, 0]))).toEqual([0, 3, 1, 4, 2, 5]);
    expect(elements(concat([x, floats([7, 8], [2, 1])], 1))).toEqual([0, 1, 2, 7, 3, 4, 5, 8]);
    expect(elements(split(x, 1, [1, 2])[1] as Value)).toEqual([1, 2, 4, 5]);
    expect(elements(slice(counting(7), 0, 1, 7, 3))).toEqual([1, 4]);
    expect(elements(pad(x, [{ axis: 1, before: 1, after: 0 }]))).toEqual([0, 0, 1, 2, 0, 3, 4, 5]);
    expect(elements(expand(floats([1, 2], [2, 1]), [2, 2, 2]))).toEqual([1, 1, 2, 2, 1, 1, 2, 2]);
    expect(elements(roll(counting(4), 0, 1))).toEqual([3, 0, 1, 2]);
  });

  it('multiply matrices with transposes and broadcast batches', () => {
    const a = counting(2, 3); // [[0, 1, 2], [3, 4, 5]]
    expect(elements(matmul(a, a, { transposeB: true }))).toEqual([5, 14, 14, 50]);
    expect(elements(matmul(a, a, { transposeA: true, alpha: 0.5 }))[0]).toBe(4.5);
    const many = evaluate(matmul(counting(2, 1, 2), counting(2, 2)));
    expect(many).toEqual({ type: 'float32', dims: [2, 1, 2], data: Float32Array.of(2, 3, 6, 11) });
  });

  it('gather and scatter, also from the end', () => {
    const table = counting(3, 2);
    expect(elements(gather(table, integers([2, -3])))).toEqual([4, 5, 0, 1]);
    expect(elements(gather(table, integers([1, 1, 0]), 1))).toEqual([1, 1, 0, 3, 3, 2, 5, 5, 4]);
    expect(elements(gatherElements(table, integers([1, -2, 0], [3, 1]), 1))).toEqual([1, 2, 4]);
    expect(elements(scatterAddRows(table, integers([1, 1]), floats([1, 2, 3, 4], [2, 2])))).toEqual([0, 1, 6, 9, 4, 5]);
    expect(elements(scatterAddElements(table, integers([2, 2], [1, 2]), floats([10, 20], [1, 2]), 0))).toEqual([
      0, 1, 2, 3, 14, 25,
    ]);
  });

  it('convolve with strides, padding, dilation and groups', () => {
    const x = floats([1, 2, 3, 4, 5], [1, 1, 5]);
    const weight = floats([1, 10], [1, 1, 2]);
    expect(elements(convolution(x, weight, floats([100])))).toEqual([121, 132, 143, 154]);
    expect(elements(convolution(x, weight, undefined, { strides: [2], padsBefore: [1] }))).toEqual([10, 32, 54]);
    expect(elements(convolution(x, weight, undefined, { dilations: [3] }))).toEqual([41, 52]);
    const twoChannels = floats([1, 2, 3, 4], [1, 2, 2]);
    expect(elements(convolution(twoChannels, floats([1, 2], [2, 1, 1]), undefined, { groups: 2 }))).toEqual([
      1, 2, 6, 8,
    ]);
    const image = counting(1, 1, 2, 3);
    expect(elements(convolution(image, floats([1, 0, 0, 1], [1, 1, 2, 2])))).toEqual([4, 6]);
  });

  it('have a transposed convolution that is the adjoint of the convolution', () => {
    const geometry = { strides: [2], padsBefore: [1], padsAfter: [0], dilations: [2], groups: 2 };
    const x = floats([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7], [1, 2, 7]);
    const weight = floats([2, 7, 1, 8, 2, 8], [2, 1, 3]);
    const y = convolution(x, weight, undefined, geometry); // [1, 2, 2]
    const probe = floats([1, 4, 1, 4], [1, 2, 2]);
    const back = convolutionTranspose(probe, weight, { ...geometry, outputPadding: [1] });
    expect(evaluate(back).dims).toEqual([1, 2, 7]);
    expect(elements(sum(mul(y, probe), [0, 1, 2]))).toEqual(elements(sum(mul(x, back), [0, 1, 2])));
  });

  it('normalise rows and give their statistics', () => {
    const x = floats([1, 3, 2, 6], [2, 2]);
    const node = layerNorm(x, floats([1, 2]), floats([0, 10]), 0).origin;
    if (node.kind !== 'node') throw new Error('not a node');
    const [y, means, inverses] = node.node.outputs.map((output) => elements(output));
    expect([y, means, inverses]).toEqual([
      [-1, 12, -1, 12],
      [2, 4],
      [1, 0.5],
    ]);
    const [normal] = elements(rmsNorm(floats([3, 4], [1, 2]), floats([1, 1]), 0));
    expect(normal).toBeCloseTo(3 / Math.sqrt(12.5), 14);
  });
});

describe('evaluateReference', () => {
  const x = input('x', f32('batch', 2));

  it('evaluates a graph with inputs and parameters, in the types of its values', () => {
    const graph = graphOf({ y: linear(x, parameter('weight', [1, 2], { kind: 'constant', value: 0 })) });
    const result = evaluateReference(graph, {
      inputs: { x: floatTensor(Float32Array.of(1, 2, 3, 4), [2, 2]) },
      parameters: new Map([['weight', floatTensor(Float32Array.of(10, 1), [1, 2])]]),
    });
    expect(result.get('y')).toEqual(floatTensor(Float32Array.of(12, 34), [2, 1]));
  });

  it('takes and gives float64 where asked', () => {
    const fed: HostTensor = { type: 'float64', dims: [1, 2], data: Float64Array.of(1 / 3, 1e-12) };
    const doubled = evaluate(mul(x, 2), { inputs: { x: fed }, floatType: 'float64' });
    expect(doubled.data).toEqual(Float64Array.of(2 / 3, 2e-12));
  });

  it('evaluates symbolic sizes', () => {
    const inputs = { x: floatTensor(new Float32Array(6), [3, 2]) };
    const batch = x.shape[0] as NonNullable<(typeof x.shape)[0]>;
    expect(elements(add(dimValue(batch, 'int64'), cast(sum(x, [0, 1]), 'int64')), { inputs })).toEqual([3]);
    expect(elements(add(range(1, batch), cast(sum(x, [0, 1]), 'int64')), { inputs })).toEqual([1, 2]);
  });

  it('evaluates composites through their lowering', () => {
    const tokens = input('x', f32(1, 'time', 2));
    const inputs = { x: floatTensor(Float32Array.of(1, 2, 1, 2), [1, 2, 2]) };
    // Equal keys share the weight, so attention returns the common value.
    expect(elements(multiHeadAttention(tokens, tokens, tokens, { heads: 2 }), { inputs })).toEqual([1, 2, 1, 2]);
  });

  it('leaves its inputs alone and hands out results that are the caller’s', () => {
    const fed = floatTensor(Float32Array.of(1, 2), [1, 2]);
    const results = evaluateReference(new Map([['same', x]]), { inputs: { x: fed } });
    (results.get('same') as HostTensor<'float32'>).data[0] = 9;
    expect(fed.data[0]).toBe(1);
  });

  it('names a missing input or parameter', () => {
    expect(() => evaluate(x)).toThrow(InvalidArgumentError);
    expect(() => evaluate(x)).toThrow(/input x was not given/);
    const weight = parameter('weight', [1], { kind: 'constant', value: 0 });
    expect(() => evaluate(weight)).toThrow(/parameter weight was not given/);
  });

  it('refuses other types, other ranks, axes of two sizes and dims that do not fit the data', () => {
    const ids = input('ids', i64('batch'));
    expect(() => evaluate(ids, { inputs: { ids: floatTensor(new Float32Array(1), [1]) } })).toThrow(
      DataTypeMismatchError,
    );
    const feed = (...dims: number[]) => ({ inputs: { x: floatTensor(new Float32Array(4), dims) } });
    expect(() => evaluate(x, feed(4))).toThrow(ShapeMismatchError);
    expect(() => evaluate(x, feed(1, 4))).toThrow(ShapeMismatchError);
    expect(() => evaluate(x, feed(1, 2))).toThrow(ShapeMismatchError);
    const y = input('y', f32('batch', 2));
    const inputs = {
      x: floatTensor(new Float32Array(4), [2, 2]),
      y: floatTensor(new Float32Array(2), [1, 2]),
    };
    expect(() => evaluate(add(x, y), { inputs })).toThrow(/y has shape \[1, 2\], expected \[batch, 2\]/);
  });

  it('says which operation it cannot evaluate', () => {
    const unknown = { name: 'Unknown', infer: ([first]: readonly Value[]) => [first as Value] };
    const [value] = applyOperation(unknown, [floats([1])]);
    expect(() => evaluate(value as Value)).toThrow(/Unknown has neither a kernel nor a lowering/);
  });
});

import { f32, type HostTensor, i64 } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import { gradientCases } from '../../autodiff/__fixtures__/gradient-cases';
import { traceCase } from '../../autodiff/__fixtures__/trace-case';
import { addDims, axis, floorDivideDim } from '../../graph/dim';
import { graphOf, topologicalNodes } from '../../graph/graph';
import { constantOf, input } from '../../graph/leaves';
import type { Value } from '../../graph/value';
import {
  abs,
  add,
  argMax,
  cast,
  concat,
  dimValue,
  div,
  equal,
  expand,
  gather,
  gatherElements,
  greater,
  layerNorm,
  less,
  logicalAnd,
  logicalOr,
  matmul,
  maximum,
  mean,
  minimum,
  modulo,
  mul,
  neg,
  not,
  pad,
  range,
  reshape,
  rmsNorm,
  roll,
  scatterAddElements,
  slice,
  split,
  sub,
  sum,
  transpose,
  where,
} from '../../ops';
import { convolutionTranspose } from '../../ops/convolution';
import { Random } from '../../random';
import { evaluateReference } from '../reference';
import { kernels as referenceKernels } from '../reference/kernels';
import { openTensorFlow } from './index';
import { kernels } from './kernels';

/** Of the largest element; Erf is the coarsest kernel, a polynomial with an error of 1.5e-7. */
const RELATIVE_TOLERANCE = 1e-5;

const random = new Random(5);
const floats = (...dims: number[]) => {
  const count = dims.reduce((product, size) => product * size, 1);
  return constantOf(
    Array.from({ length: count }, () => 2 * random.uniform() - 1),
    dims,
  );
};
const integers = (values: number[], dims = [values.length]) => constantOf(values, dims, 'int64');
const truths = (...values: number[]) => constantOf(values, [values.length], 'bool');

/** Inputs of every case: symbolic axes of 3 and 0. */
const rows = input('rows', f32('time', 4));
const none = input('none', f32('past', 4));
const ids = input('ids', i64('time'));
const feeds: Record<string, HostTensor> = {
  rows: { type: 'float32', dims: [3, 4], data: Float32Array.from({ length: 12 }, () => 2 * random.uniform() - 1) },
  none: { type: 'float32', dims: [0, 4], data: new Float32Array(0) },
  ids: { type: 'int64', dims: [3], data: BigInt64Array.of(2n, 0n, -1n) },
};

/** The last results of an operation besides the first, which few graphs read. */
const allOutputs = (value: Value) => (value.origin.kind === 'node' ? value.origin.node.outputs : []);

const [signed, divisors] = [integers([7, -7, 7, -7]), integers([2, 2, -3, -3])];

const cases: Record<string, () => Value | readonly Value[]> = {
  'integer arithmetic': () => [add(signed, divisors), sub(signed, 3), mul(signed, divisors), neg(signed), abs(signed)],
  'integer division': () => [div(signed, divisors), modulo(signed, divisors)],
  'integer extremes': () => [maximum(signed, divisors), minimum(signed, divisors), sum(signed, [0])],
  comparisons: () => [equal(signed, 7), less(signed, divisors), greater(floats(2, 3), floats(3))],
  'truth values': () => [
    logicalAnd(truths(1, 1, 0, 0), truths(1, 0, 1, 0)),
    logicalOr(truths(1, 1, 0, 0), truths(1, 0, 1, 0)),
    not(truths(1, 0)),
    equal(truths(1, 0), truths(1, 1)),
  ],
  'choice of integers': () => where(greater(ids, 0), ids, 9),
  'choice by a scalar': () => where(constantOf([1], [], 'bool'), rows, mul(rows, 2)),
  casts: () => [
    cast(floats(6), 'int64'),
    cast(mul(floats(6), 3), 'int64'),
    cast(signed, 'float32'),
    cast(truths(1, 0), 'float32'),
    cast(floats(3), 'bool'),
    cast(constantOf([0, 200], [2], 'uint8'), 'float32'),
  ],
  'position of the largest': () => [argMax(rows), argMax(floats(3, 4, 2), 1), argMax(constantOf([1, 3, 3], [3]))],
  'sizes as values': () => [dimValue(axis('time'), 'float32'), dimValue(floorDivideDim(axis('time'), 2), 'int64')],
  'range of a symbolic size': () => range(1, addDims(axis('time'), 4)),
  'rows of integers': () => [gather(integers([5, 6, 7, 8], [4, 1]), ids), gather(rows, ids)],
  'elements of integers': () => gatherElements(integers([5, 6, 7, 8], [2, 2]), integers([1, 0], [2, 1]), 1),
  'repeated scattered elements': () => scatterAddElements(floats(4), integers([1, -1, 1]), floats(3), 0),
  'moves of integers and truth values': () => [
    transpose(integers([1, 2, 3, 4, 5, 6], [2, 3]), [1, 0]),
    concat([truths(1, 0), truths(0)], 0),
    roll(signed, 0, 1),
    expand(truths(1, 0), [3, 2]),
    expand(integers([4], [1]), [2, 5]),
    pad(signed, [{ axis: 0, before: 2, after: 1 }]),
    slice(signed, 0, 1, 4, 2),
    ...split(signed, 0, [1, 3]),
    reshape(truths(1, 0), [2, 1]),
  ],
  'empty axes': () => [
    concat([none, rows], 0),
    matmul(rows, concat([none, rows], 0), { transposeB: true }),
    matmul(rows, none, { transposeB: true }),
    matmul(none, none, { transposeA: true }),
    mul(none, 2),
    sum(none, [0]),
  ],
  'statistics of the norms': () => [
    ...allOutputs(layerNorm(rows, floats(4), floats(4), 1e-5)),
    ...allOutputs(rmsNorm(rows, floats(4), 1e-6)),
  ],
  'products that are broadcast on both sides': () => matmul(floats(2, 1, 3, 4), floats(5, 4, 2)),
  'large products, one by one': () => matmul(floats(2, 64, 64), floats(2, 64, 64), { transposeB: true }),
  'large products under one matrix': () => matmul(floats(64, 64), floats(2, 2, 64, 64), { transposeA: true }),
  'transposed convolution with output padding': () =>
    convolutionTranspose(floats(2, 4, 5), floats(4, 3, 3), {
      strides: [2],
      padsBefore: [1],
      padsAfter: [1],
      dilations: [1],
      groups: 2,
      outputPadding: [1],
    }),
  means: () => [mean(rows, [0]), mean(rows, [1], true)],
};

const outputsOf = (build: () => Value | readonly Value[]) =>
  new Map([build()].flat().map((value, index) => [`y${index}`, value as Value] as const));

describe('TensorFlow.js kernels', () => {
  const ready = openTensorFlow({ build: 'wasm' });
  afterAll(async () => (await ready).dispose());

  it('are there for the whole vocabulary, and every one is run by a test', () => {
    expect(Object.keys(kernels).sort()).toEqual(Object.keys(referenceKernels).sort());
    const traced = gradientCases.map(traceCase).flatMap(({ loss, gradients }) => [loss, ...gradients]);
    const own = Object.values(cases).flatMap((build) => [...outputsOf(build).values()]);
    const run = new Set(topologicalNodes([...traced, ...own]).map(({ op }) => op.name));
    expect(Object.keys(kernels).filter((name) => !run.has(name))).toEqual([]);
  });

  it.each(Object.entries(cases))('agree with the reference: %s', async (_, build) => {
    const graph = graphOf(outputsOf(build));
    const inputs = Object.fromEntries(Object.entries(feeds).filter(([name]) => graph.inputs.has(name)));
    if (graph.inputs.size === 0 || !graph.inputs.has('rows')) inputs.rows = feeds.rows as HostTensor;
    // A size is known from an input that carries the axis, even where nothing else reads it.
    const whole = { ...graph, inputs: new Map([...graph.inputs, ['rows', rows] as const]) };
    const expected = evaluateReference(new Map([...graph.outputs, ['rows', rows]]), { inputs });
    const session = await (await ready).load({ graph: whole, weights: new Map() }, { name: 'case' });
    const results = await session.run(inputs);
    for (const name of graph.outputs.keys()) {
      const { type, dims, data } = expected.get(name) as HostTensor;
      const received = results[name] as HostTensor;
      expect([received.type, [...received.dims]], name).toEqual([type, [...dims]]);
      const values = Array.from(data as ArrayLike<number | bigint>, Number);
      const scale = type === 'float32' ? Math.max(1e-2, ...values.map(Math.abs)) : 1;
      const tolerance = type === 'float32' ? RELATIVE_TOLERANCE : 0;
      values.forEach((value, index) => {
        expect(Math.abs(value - Number(received.data[index])) / scale, name).toBeLessThanOrEqual(tolerance);
      });
    }
    await session.dispose();
  });

  it('refuse an index outside the axis instead of reading beyond it', async () => {
    const session = await (await ready).load(
      { graph: graphOf({ y: gather(floats(3, 2), input('ids', i64('items'))) }), weights: new Map() },
      { name: 'table' },
    );
    const at = (index: bigint) => ({ ids: { type: 'int64', dims: [1], data: BigInt64Array.of(index) } as const });
    for (const index of [3n, -4n]) {
      await expect(session.run(at(index))).rejects.toMatchObject({
        code: 'EXECUTION_FAILED',
        message: expect.stringContaining(`table: Gather failed on float32 [3,2], int32 [1]: index ${index} is outside`),
      });
    }
    expect((await session.run(at(2n))).y?.dims).toEqual([1, 2]);
    await session.dispose();
  });
});

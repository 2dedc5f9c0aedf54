// The worker thread runs the built package, so these tests use what users get.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openOnnxRuntimeNode } from '@nano-emox/engine/onnxruntime-node';
import { openOnnxRuntimeWeb } from '@nano-emox/engine/onnxruntime-web';
import { openTensorFlow } from '@nano-emox/engine/tensorflow';
import { f32, type HostTensor, i64 } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import { graphOf } from '../graph/graph';
import { input } from '../graph/leaves';
import type { Value } from '../graph/value';
import { initializeWeights } from '../module/initialize-weights';
import { linearLayer } from '../module/layers';
import { tracingScope } from '../module/weight-scope';
import { writeModel } from '../onnx/write-model';
import { add, matmul, mul, scatterAddRows, sum, tanh } from '../ops';
import type { Executor, GraphSource } from './executor';

const tensor = (values: number[], dims = [values.length]): HostTensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from(values),
});

const compile = (outputs: Record<string, Value>): GraphSource => ({ graph: graphOf(outputs), weights: new Map() });

/** y = a · x + x */
const affine = () => {
  const x = input('x', f32('items'));
  return compile({ y: add(mul(x, input('a', f32())), x) });
};

/** A counter: next = total + x, y = 2 · next */
const counter = () => {
  const next = add(input('total', f32('items')), input('x', f32('items')));
  return compile({ next, y: mul(next, 2) });
};

/** Rows so far and new ones, multiplied; the sum of the former. */
const listing = (factor: number) => {
  const rows = input('rows', f32('past', 2));
  return compile({ fresh: mul(input('x', f32('count', 2)), factor), total: sum(rows, [0, 1]) });
};

/** Some 200 ms of matrix products. */
const slow = () => {
  let product = input('x', f32(640, 640));
  for (let step = 0; step < 60; step++) product = tanh(matmul(product, product, { alpha: 1e-3 }));
  return compile({ y: product });
};

/** ONNX Runtime finds out only when it adds that both axes are called n. */
const foundWhileRunning = {
  code: 'EXECUTION_FAILED',
  message: expect.stringContaining('a: float32 [2], b: float32 [3]'),
};

const executors: [string, () => Promise<Executor>, object][] = [
  ['native, worker thread', () => openOnnxRuntimeNode({ workers: 1, threads: 2 }), foundWhileRunning],
  ['native, in process', () => openOnnxRuntimeNode({ workers: 0, threads: 2 }), foundWhileRunning],
  ['WebAssembly', () => openOnnxRuntimeWeb(), foundWhileRunning],
  ['TensorFlow.js', () => openTensorFlow(), { code: 'SHAPE_MISMATCH', input: 'b', expected: ['n'], received: [3] }],
];

describe.each(executors)('executor: %s', (_, open, unequalAxes) => {
  const ready = open();
  afterAll(async () => (await ready).dispose());

  it('runs a model on any size of a symbolic axis', async () => {
    const session = await (await ready).load(affine(), { name: 'affine' });
    const short = await session.run({ x: tensor([1, 2]), a: tensor([3], []) });
    const long = await session.run({ x: tensor([1, 2, 3, 4]), a: tensor([0], []) });
    expect([short.y, long.y]).toMatchObject([
      { type: 'float32', dims: [2], data: Float32Array.of(4, 8) },
      { type: 'float32', dims: [4], data: Float32Array.of(1, 2, 3, 4) },
    ]);
    await session.dispose();
  });

  it('leaves the inputs to the caller, also views on a larger buffer', async () => {
    const session = await (await ready).load(affine(), { name: 'affine' });
    const whole = Float32Array.of(9, 1, 2, 9);
    const view: HostTensor = { type: 'float32', dims: [2], data: whole.subarray(1, 3) };
    const { y } = await session.run({ x: view, a: tensor([1], []) });
    expect(y?.data).toEqual(Float32Array.of(2, 4));
    expect(whole).toEqual(Float32Array.of(9, 1, 2, 9));
    await session.dispose();
  });

  it('keeps fed-back tensors in separate states', async () => {
    const executor = await ready;
    const session = await executor.load(counter(), { name: 'counter', feedback: { next: 'total' } });
    const [first, second] = await Promise.all([
      session.createState({ total: tensor([0]) }),
      session.createState({ total: tensor([100]) }),
    ]);
    expect(await session.run({ x: tensor([1]) }, { state: first })).toEqual({
      y: expect.objectContaining({ data: Float32Array.of(2) }),
    });
    await session.run({ x: tensor([5]) }, { state: second });
    const { y } = await session.run({ x: tensor([1]) }, { state: first });
    expect(y?.data).toEqual(Float32Array.of(4));
    expect((await second.read()).total?.data).toEqual(Float32Array.of(105));
    expect((await first.read()).total?.data).toEqual(Float32Array.of(2));
    await first.dispose();
    await first.dispose();
    await expect(first.read()).rejects.toMatchObject({ code: 'DISPOSED' });
    await expect(session.run({ x: tensor([1]) }, { state: first })).rejects.toMatchObject({ code: 'DISPOSED' });
    await second.dispose();
    await session.dispose();
    expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
  });

  it('puts rows behind those of a state, which sessions can share', async () => {
    const executor = await ready;
    const feedback = { fresh: { appendTo: 'rows' } };
    const whole = await executor.load(listing(1), { name: 'listing', feedback });
    const tenfold = await executor.load(listing(10), { name: 'tenfold', feedback, beside: whole });
    const state = await whole.createState({ rows: tensor([7, 0], [1, 2]) });
    const totals: (number | undefined)[] = [];
    for (let step = 1; step <= 5; step++) {
      const session = step === 3 ? tenfold : whole;
      const { total } = await session.run({ x: tensor([step, 0, 0, step], [2, 2]) }, { state });
      totals.push((total as HostTensor<'float32'>).data[0]);
    }
    expect(totals).toEqual([7, 9, 13, 73, 81]);
    const kept = [7, 0, 1, 0, 0, 1, 2, 0, 0, 2, 30, 0, 0, 30, 4, 0, 0, 4, 5, 0, 0, 5];
    expect(await state.read()).toEqual({ rows: tensor(kept, [11, 2]) });
    await state.dispose();
    await whole.dispose();
    await tenfold.dispose();
    expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
  });

  it('names what is wrong with the inputs', async () => {
    const session = await (await ready).load(slow(), { name: 'slow' });
    await expect(session.run({})).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('missing [x]'),
    });
    await expect(session.run({ x: tensor([1, 2]) })).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      expected: [640, 640],
      received: [2],
    });
    const wrong: HostTensor = { type: 'int64', dims: [640, 640], data: new BigInt64Array(640 * 640) };
    await expect(session.run({ x: wrong })).rejects.toMatchObject({ code: 'DATA_TYPE_MISMATCH', expected: 'float32' });
    await expect(session.run({ x: tensor([1]), z: tensor([1]) })).rejects.toMatchObject({
      code: expect.stringMatching(/SHAPE_MISMATCH|INVALID_ARGUMENT/),
    });
    await session.dispose();
  });

  it('stays usable after an error inside the runtime', async () => {
    const executor = await ready;
    const session = await executor.load(compile({ y: add(input('a', f32('n')), input('b', f32('n'))) }), {
      name: 'sum',
    });
    await expect(session.run({ a: tensor([1, 2]), b: tensor([1, 2, 3]) })).rejects.toMatchObject(unequalAxes);
    expect((await session.run({ a: tensor([1]), b: tensor([2]) })).y?.data).toEqual(Float32Array.of(3));
    await session.dispose();
  });

  it('refuses what is not a model', async () => {
    const executor = await ready;
    await expect(executor.load({ bytes: Uint8Array.of(1, 2, 3) }, { name: 'junk' })).rejects.toMatchObject({
      code: expect.stringMatching(/EXECUTION_FAILED|INVALID_ARGUMENT/),
    });
    expect(executor.usage().sessions).toBe(0);
  });

  it('stops between runs when the signal aborts', async () => {
    const session = await (await ready).load(affine(), { name: 'affine' });
    await expect(
      session.run({ x: tensor([1]), a: tensor([1], []) }, { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'ABORTED' });
    await session.dispose();
    await session.dispose();
    await expect(session.run({ x: tensor([1]), a: tensor([1], []) })).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

describe('worker thread', () => {
  it('leaves the event loop free while a model runs', async () => {
    const executor = await openOnnxRuntimeNode({ workers: 1, threads: 1 });
    const session = await executor.load(slow(), { name: 'slow' });
    const x = tensor(
      Array.from({ length: 640 * 640 }, (_, index) => Math.sin(index)),
      [640, 640],
    );
    await session.run({ x });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const startedMs = performance.now();
    await session.run({ x });
    const elapsedMs = performance.now() - startedMs;
    clearInterval(timer);
    await executor.dispose();
    expect(elapsedMs).toBeGreaterThan(50);
    // Blocked, the loop would fire none; the margin is for a busy machine.
    expect(ticks).toBeGreaterThan(elapsedMs / 5 / 4);
  });

  it('of two loads what is small while the other is busy with something large', async () => {
    const executor = await openOnnxRuntimeNode({ workers: 2, threads: 1 });
    const order: string[] = [];
    const load = async (name: string, { graph, weights }: GraphSource) => {
      const session = await executor.load({ graph, weights }, { name });
      order.push(name);
      return session.dispose();
    };
    const wide = graphOf({ y: linearLayer(input('x', f32('items', 3500)), tracingScope(), 3500) }); // 49 MB to pack
    const large = load('large', { graph: wide, weights: initializeWeights(wide, 1) });
    await Promise.all([large, load('small', affine()), load('small', affine()), load('small', affine())]);
    await executor.dispose();
    expect(order).toEqual(['small', 'small', 'small', 'large']);
  });

  it('is gone after dispose, and says so', async () => {
    const executor = await openOnnxRuntimeNode({ workers: 1 });
    const session = await executor.load(affine(), { name: 'affine' });
    await executor.dispose();
    await executor.dispose();
    await expect(executor.load(affine(), { name: 'affine' })).rejects.toMatchObject({ code: 'DISPOSED' });
    await expect(session.run({ x: tensor([1]), a: tensor([1], []) })).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

describe('worker thread of another process', () => {
  it('starts where the process runs a program from the command line', async () => {
    const model = Buffer.from(writeModel(affine().graph, affine()).model).toString('base64');
    const program = `
      import { openOnnxRuntimeNode } from '@nano-emox/engine/onnxruntime-node';
      const executor = await openOnnxRuntimeNode({ workers: 1, threads: 1 });
      const session = await executor.load({ bytes: Buffer.from('${model}', 'base64') }, { name: 'affine' });
      const tensor = (value, dims) => ({ type: 'float32', dims, data: Float32Array.of(value) });
      const { y } = await session.run({ x: tensor(5, [1]), a: tensor(2, []) });
      await executor.dispose();
      console.log(y.data[0]);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    });
    expect(stdout).toBe('15\n');
  });
});

it('adds every update of a row that comes again, on several threads', async () => {
  const executor = await openOnnxRuntimeNode({ workers: 0, threads: 2 });
  const total = scatterAddRows(
    input('base', f32(8, 64)),
    input('rows', i64('count')),
    input('updates', f32('count', 64)),
  );
  const session = await executor.load(compile({ total }), { name: 'scatter' });
  const count = 20_000;
  const inputs = {
    base: tensor(new Array(8 * 64).fill(1), [8, 64]),
    rows: { type: 'int64', dims: [count], data: BigInt64Array.from({ length: count }, (_, i) => BigInt(i % 4)) },
    updates: tensor(new Array(count * 64).fill(1), [count, 64]),
  } as const;
  const { total: found } = await session.run(inputs);
  await executor.dispose();
  const expected = Array.from({ length: 8 * 64 }, (_, index) => (index < 4 * 64 ? 1 + count / 4 : 1));
  expect(found).toEqual(tensor(expected, [8, 64]));
});

describe('device', () => {
  it('never falls back when it is explicit', async () => {
    const outcome = await openOnnxRuntimeNode({ device: 'cuda', workers: 1 }).catch((error) => error);
    if (!(outcome instanceof Error)) return outcome.dispose(); // a machine with CUDA
    expect(outcome).toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      device: 'cuda',
      message: expect.stringContaining('device cuda cannot be used: OrtSession'),
    });
  });
});

import { f32, floatTensor, type HostTensor, i64 } from '@nano-emox/tensor-contract';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { graphOf } from '../../graph/graph';
import { input, parameter } from '../../graph/leaves';
import type { Value } from '../../graph/value';
import { ones } from '../../module/weight-scope';
import { add, cast, gather, layerNorm, matmul, mul, tanh } from '../../ops';
import { openExecutor } from '../../runtime/node';
import { openTensorFlow } from './index';
import { type ImportPackage, loadTensorFlow } from './load-tensorflow';

const row = (...values: number[]) => floatTensor(Float32Array.from(values), [1, values.length]);
const graphSource = (outputs: Record<string, Value>, weights: Record<string, HostTensor> = {}) => ({
  graph: graphOf(outputs),
  weights: new Map(Object.entries(weights)),
});

/** State, weights, unread outputs of a node, an output that is an input, and one that two names share. */
function recurrent() {
  const x = input('x', f32('rows', 2));
  const next = add(input('total', f32('rows', 2)), x);
  const scale = parameter('scale', [2], ones);
  const y = layerNorm(mul(next, scale), scale, scale, 1e-5);
  const source = graphSource(
    { y, again: y, same: x, next, kept: x },
    { scale: floatTensor(Float32Array.of(1, 2), [2]) },
  );
  return { source, feedback: { next: 'total', kept: 'last' } };
}

/** Some hundred milliseconds of matrix products. */
function slow() {
  let product = input('x', f32(256, 256));
  for (let step = 0; step < 40; step++) product = tanh(matmul(product, product, { alpha: 1e-3 }));
  return graphSource({ y: product });
}
const square = floatTensor(
  Float32Array.from({ length: 256 * 256 }, (_, index) => Math.sin(index)),
  [256, 256],
);

describe('TensorFlow.js executor', () => {
  const ready = openTensorFlow();
  afterAll(async () => (await ready).dispose());

  it('says what it runs on', async () => {
    expect((await ready).device).toMatch(/^tensorflow\.js 4\.\d+\.\d+ (wasm|node|node-gpu)$/);
  });

  it('frees everything but weights and states, after runs and after errors', async () => {
    const executor = await ready;
    const tensorsBefore = tf.memory().numTensors;
    const { source, feedback } = recurrent();
    const session = await executor.load(source, { name: 'recurrent', feedback });
    const state = await session.createState({ total: row(0, 0) });
    const first = await session.run({ x: row(1, 2) }, { state });
    const tensorsHeld = tf.memory().numTensors;
    for (let step = 0; step < 3; step++) await session.run({ x: row(1, 2) }, { state });
    expect(tf.memory().numTensors).toBe(tensorsHeld);
    expect(first.again).toEqual(first.y);
    expect(first.same?.data).toEqual(Float32Array.of(1, 2));
    expect((await state.read()).total?.data).toEqual(Float32Array.of(4, 8));
    expect((await state.read()).last?.data).toEqual(Float32Array.of(1, 2));

    await expect(session.run({ x: floatTensor(new Float32Array(4), [2, 2]) }, { state })).rejects.toThrow();
    const signal = AbortSignal.abort();
    await expect(session.run({ x: row(1, 2) }, { state, signal })).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(session.run({ x: row(1, 2) }, { state, outputs: ['z'] })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    expect(tf.memory().numTensors).toBe(tensorsHeld);
    await state.dispose();
    await session.dispose();
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  });

  it('frees what was made before a node that fails, and keeps the state', async () => {
    const executor = await ready;
    const tensorsBefore = tf.memory().numTensors;
    const next = add(input('total', f32(1, 2)), 1);
    const y = gather(mul(next, 2), input('ids', i64('items')));
    const session = await executor.load(graphSource({ next, y }), { name: 'lookup', feedback: { next: 'total' } });
    const state = await session.createState({ total: row(0, 0) });
    const held = tf.memory().numTensors;
    const ids: HostTensor = { type: 'int64', dims: [1], data: BigInt64Array.of(9n) };
    await expect(session.run({ ids }, { state })).rejects.toMatchObject({ code: 'EXECUTION_FAILED' });
    expect(tf.memory().numTensors).toBe(held);
    expect((await state.read()).total?.data).toEqual(Float32Array.of(0, 0));
    await session.dispose();
    await state.dispose();
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  });

  it('computes only what the wanted outputs need', async () => {
    const ids = input('ids', i64('items'));
    const table = input('table', f32(2, 'width'));
    const session = await (await ready).load(graphSource({ row: gather(table, ids), twice: mul(table, 2) }), {
      name: 'two',
    });
    const outside: HostTensor = { type: 'int64', dims: [1], data: BigInt64Array.of(5n) };
    const feeds = { ids: outside, table: floatTensor(Float32Array.of(1, 2), [2, 1]) };
    await expect(session.run(feeds)).rejects.toMatchObject({ code: 'EXECUTION_FAILED' });
    expect((await session.run(feeds, { outputs: ['twice'] })).twice?.data).toEqual(Float32Array.of(2, 4));
    await session.dispose();
  });

  it('refuses integers beyond int32, and float64', async () => {
    const executor = await ready;
    const session = await executor.load(graphSource({ y: add(input('ids', i64('items')), 1) }), { name: 'next' });
    const at = (value: bigint): HostTensor => ({ type: 'int64', dims: [1], data: BigInt64Array.of(value) });
    expect((await session.run({ ids: at(-(2n ** 31n)) })).y?.data).toEqual(BigInt64Array.of(1n - 2n ** 31n));
    await expect(session.run({ ids: at(2n ** 31n) })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('next: ids holds 2147483648'),
    });
    await session.dispose();
    const wide = cast(cast(input('x', f32('items')), 'float64'), 'float32');
    await expect(executor.load(graphSource({ wide }), { name: 'wide' })).rejects.toMatchObject({
      code: 'DATA_TYPE_MISMATCH',
      message: expect.stringContaining('a result of Cast is float64'),
    });
    const double: HostTensor = { type: 'float64', dims: [1], data: Float64Array.of(1) };
    const { source, feedback } = recurrent();
    const stateful = await executor.load(source, { name: 'recurrent', feedback });
    await expect(stateful.createState({ total: double })).rejects.toMatchObject({ code: 'DATA_TYPE_MISMATCH' });
    await stateful.dispose();
    expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
  });

  it('lists all weights that do not fit', async () => {
    const { source } = recurrent();
    await expect((await ready).load({ ...source, weights: new Map() }, { name: 'recurrent' })).rejects.toMatchObject({
      code: 'WEIGHTS_MISMATCH',
      missing: ['scale'],
    });
  });

  it('gives the event loop turns, and stops between nodes', async () => {
    const session = await (await ready).load(slow(), { name: 'slow' });
    await session.run({ x: square });
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const startedMs = performance.now();
    await session.run({ x: square });
    const elapsedMs = performance.now() - startedMs;
    clearInterval(timer);
    expect(elapsedMs).toBeGreaterThan(50);
    expect(turns).toBeGreaterThanOrEqual(Math.floor(elapsedMs / 20 / 4));

    const tensorsBefore = tf.memory().numTensors;
    const abort = new AbortController();
    const running = session.run({ x: square }, { signal: abort.signal });
    setTimeout(() => abort.abort(), 25);
    const abortedMs = performance.now();
    await expect(running).rejects.toMatchObject({ code: 'ABORTED' });
    expect(performance.now() - abortedMs).toBeLessThan(elapsedMs);
    expect(tf.memory().numTensors).toBe(tensorsBefore);
    await session.dispose();
  });

  it('lets a run end before dispose frees what it reads', async () => {
    const tensorsBefore = tf.memory().numTensors;
    const executor = await openTensorFlow();
    const session = await executor.load(slow(), { name: 'slow' });
    const running = session.run({ x: square });
    const disposal = executor.dispose();
    expect((await running).y?.dims).toEqual([256, 256]);
    await disposal;
    expect(tf.memory().numTensors).toBe(tensorsBefore);
    await expect(session.run({ x: square })).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('is the device tfjs of the runtime', async () => {
    const executor = await openExecutor({ device: 'tfjs' });
    expect(executor.device).toMatch(/^tensorflow\.js/);
    await executor.dispose();
  });
});

describe('loadTensorFlow', () => {
  const notInstalled: ImportPackage = async (name) => {
    throw Object.assign(new Error(`Cannot find package '${name}'`), { code: 'ERR_MODULE_NOT_FOUND' });
  };
  /** All packages of wasm as they are, and `others` in place of the rest. */
  const withWasm =
    (others: ImportPackage): ImportPackage =>
    (name) =>
      /core|wasm/.test(name) ? import(/* @vite-ignore */ name) : others(name);

  it('says what it tried, and what to install, where nothing is installed', async () => {
    await expect(loadTensorFlow('auto', notInstalled)).rejects.toMatchObject({
      code: 'MISSING_DEPENDENCY',
      message: expect.stringMatching(
        /tfjs-node-gpu: not installed; @tensorflow\/tfjs-node: not installed; .*tfjs-backend-wasm: not installed/,
      ),
      hint: expect.stringContaining('npm install @tensorflow/tfjs-core @tensorflow/tfjs-backend-wasm'),
    });
  });

  it('never falls back from a named build', async () => {
    await expect(loadTensorFlow('node', withWasm(notInstalled))).rejects.toMatchObject({
      code: 'MISSING_DEPENDENCY',
      dependency: '@tensorflow/tfjs-node',
      hint: expect.stringContaining('npm install @tensorflow/tfjs-node`'),
    });
    await expect(loadTensorFlow('webgl' as 'wasm', notInstalled)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('passes over a build whose binary is missing or does not compute, and says why', async () => {
    const broken: ImportPackage = async (name) => {
      if (name.endsWith('gpu')) throw new Error('libtensorflow.so.2: cannot open shared object file');
      // As tfjs-node 4.22 on Node 23 and later: it loads, and its first operation fails.
      const concat = () => {
        throw new TypeError('(0 , util_1.isNullOrUndefined) is not a function');
      };
      return { ...tf, default: undefined, concat, setBackend: async () => true };
    };
    const { build, skipped } = await loadTensorFlow('auto', withWasm(broken));
    expect(build).toBe('wasm');
    expect(skipped).toEqual([
      '@tensorflow/tfjs-node-gpu: libtensorflow.so.2: cannot open shared object file',
      '@tensorflow/tfjs-node: (0 , util_1.isNullOrUndefined) is not a function',
    ]);
  });
});

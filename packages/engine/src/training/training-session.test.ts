import { readFileSync } from 'node:fs';
import { f32, floatTensor, type HostTensor, i64 } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import type { TensorMap } from '../executors/executor';
import { openOnnxRuntimeNode } from '../executors/onnxruntime-node';
import { graphOf } from '../graph/graph';
import { input } from '../graph/leaves';
import { layerNormLayer, linearLayer } from '../module/layers';
import { tracingScope } from '../module/weight-scope';
import { crossEntropy, gelu } from '../ops';
import { adamWDefaults } from '../optimizers/adamw';
import { buildTrainingGraph } from './training-graph';
import { TrainingSession, type TrainingState } from './training-session';

interface StoredTensor {
  readonly dims: number[];
  readonly values: number[];
}

/** Made by tooling/oracles/adamw.py with torch.optim.AdamW; states its versions and seed. */
const oracle = JSON.parse(readFileSync(new URL('../__fixtures__/adamw.json', import.meta.url), 'utf8')) as {
  learningRate: number;
  weightDecay: number;
  clipNorm: number;
  batches: { x: number[]; labels: number[] }[];
  before: Record<string, StoredTensor>;
  after: Record<string, StoredTensor>;
  afterClipped: Record<string, StoredTensor>;
  losses: number[];
  lossesClipped: number[];
  gradientNorms: number[];
};

const executor = await openOnnxRuntimeNode({ workers: 0 });
afterAll(() => executor.dispose());

function network() {
  const weights = tracingScope();
  const x = input('x', f32('rows', 6));
  const hidden = layerNormLayer(gelu(linearLayer(x, weights.scope('up'), 8)), weights.scope('norm'), 1e-5);
  return graphOf({ loss: crossEntropy(linearLayer(hidden, weights.scope('down'), 3), input('labels', i64('rows'))) });
}

const weights = new Map(
  Object.entries(oracle.before).map(([name, { dims, values }]): [string, HostTensor] => [
    name,
    { type: 'float32', dims, data: Float32Array.from(values) },
  ]),
);

const batch = ({ x, labels }: { x: number[]; labels: number[] }) => ({
  x: { type: 'float32', dims: [4, 6], data: Float32Array.from(x) } as HostTensor,
  labels: { type: 'int64', dims: [4], data: BigInt64Array.from(labels, BigInt) } as HostTensor,
});

interface OpenOptions {
  readonly clipNorm?: number;
  readonly frozen?: RegExp;
  readonly accumulationSteps?: number;
  readonly valuesPerGroup?: number;
  readonly resume?: TrainingState;
}

const open = ({ frozen, ...options }: OpenOptions = {}) =>
  TrainingSession.open({
    graph: network(),
    weights,
    executor,
    groupOf: (name) => (frozen?.test(name) ? undefined : 'all'),
    optimizer: { weightDecay: oracle.weightDecay },
    ...options,
  });

const learningRates = { all: oracle.learningRate };

function expectClose(actual: ReadonlyMap<string, HostTensor>, expected: Record<string, StoredTensor>) {
  for (const [name, { values }] of Object.entries(expected)) {
    const data = actual.get(name)?.data as Float32Array;
    const difference = Math.max(...values.map((value, index) => Math.abs(value - (data[index] as number))));
    expect(difference, name).toBeLessThan(2e-6);
  }
}

describe('TrainingSession', () => {
  it.each([
    ['without clipping', undefined, oracle.after, oracle.losses],
    ['with clipping', oracle.clipNorm, oracle.afterClipped, oracle.lossesClipped],
  ])('makes the updates of torch.optim.AdamW %s', async (_, clipNorm, after, losses) => {
    const session = await open(clipNorm === undefined ? {} : { clipNorm });
    for (const [index, entry] of oracle.batches.entries()) {
      const { loss, gradientNorm } = await session.update(batch(entry), { learningRates });
      expect(loss).toBeCloseTo(losses[index] as number, 5);
      if (clipNorm === undefined) expect(gradientNorm).toBeCloseTo(oracle.gradientNorms[index] as number, 5);
    }
    expectClose(await session.readWeights(), after);
    await session.dispose();
  });

  it('leaves frozen parameters out of the step', async () => {
    const session = await open({ frozen: /^up\./ });
    await session.update(batch(oracle.batches[0] as { x: number[]; labels: number[] }), { learningRates });
    expect([...(await session.readWeights()).keys()].sort()).toEqual([
      'down.bias',
      'down.weight',
      'norm.bias',
      'norm.weight',
    ]);
    await session.dispose();
  });

  it('comes to the same bits however the parameters are divided into vectors', async () => {
    const whole = await open();
    const divided = await open({ valuesPerGroup: 30 });
    for (const entry of oracle.batches) {
      for (const session of [whole, divided]) await session.update(batch(entry), { learningRates });
    }
    const names = Object.keys((await divided.readState()).tensors).filter((name) => name.endsWith('.parameters'));
    expect(names).toEqual(['all.parameters', 'all#2.parameters', 'all/no-decay.parameters']);
    const [expected, weightsOfParts] = [await whole.readWeights(), await divided.readWeights()];
    for (const [name, tensor] of expected) expect(weightsOfParts.get(name), name).toEqual(tensor);
    expect(weightsOfParts.size).toBe(expected.size);
    await whole.dispose();
    await divided.dispose();
  });

  it('continues from a saved state to the same bits', async () => {
    const whole = await open();
    for (const entry of oracle.batches) await whole.update(batch(entry), { learningRates });

    const first = await open();
    for (const entry of oracle.batches.slice(0, 2)) await first.update(batch(entry), { learningRates });
    const resume = await first.readState();
    await first.dispose();
    const second = await open({ resume });
    for (const entry of oracle.batches.slice(2)) await second.update(batch(entry), { learningRates });
    expect(second.step).toBe(whole.step);
    expect(await second.readState()).toEqual(await whole.readState());
    await whole.dispose();
    await second.dispose();
    expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
  });

  it('refuses an update that gives a group no learning rate', async () => {
    const session = await open();
    const first = batch(oracle.batches[0] as { x: number[]; labels: number[] });
    await expect(session.update(first, { learningRates: { every: 0.1 } })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('group all has no learning rate; given: [every]'),
    });
    expect(session.step).toBe(0);
    await session.dispose();
  });

  it('refuses a graph without anything to train', async () => {
    await expect(open({ frozen: /./ })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('gradient accumulation', () => {
  /** Eight rows, and the same in four batches of two; labels count alike in both, so that means of means agree. */
  const rows = oracle.batches
    .slice(0, 2)
    .flatMap(({ x, labels }) => labels.map((label, row) => ({ x: x.slice(6 * row, 6 * row + 6), label })));
  const rowsAsBatch = (part: typeof rows) => ({
    x: floatTensor(Float32Array.from(part.flatMap(({ x }) => x)), [part.length, 6]),
    labels: {
      type: 'int64',
      dims: [part.length],
      data: BigInt64Array.from(part, ({ label }) => BigInt(label)),
    } as const,
  });
  const whole = rowsAsBatch(rows);
  const parts = [0, 2, 4, 6].map((first) => rowsAsBatch(rows.slice(first, first + 2)));

  it.each([
    ['without clipping', {}],
    ['and clips the mean gradient', { clipNorm: oracle.clipNorm }],
  ])('makes of four batches of two the update of one batch of eight, %s', async (_, options) => {
    const [single, accumulated] = [await open(options), await open({ ...options, accumulationSteps: 4 })];
    for (let update = 1; update <= 3; update++) {
      const expected = await single.update(whole, { learningRates });
      const results = [];
      for (const part of parts) results.push(await accumulated.update(part, { learningRates }));
      expect(results.map(({ isUpdate }) => isUpdate)).toEqual([false, false, false, true]);
      expect([accumulated.step, accumulated.accumulated]).toEqual([update, 0]);
      const loss = results.reduce((sum, result) => sum + result.loss, 0) / results.length;
      expect(Math.abs(loss - expected.loss)).toBeLessThan(1e-6);
      expect(Math.abs((results[3]?.gradientNorm as number) - expected.gradientNorm)).toBeLessThan(1e-6);
      if ('clipNorm' in options) expect(expected.gradientNorm).toBeGreaterThan(oracle.clipNorm);
    }
    const after = await single.readWeights();
    const difference = [...(await accumulated.readWeights())].flatMap(([name, { data }]) =>
      [...data].map((value, index) => Math.abs(value - (after.get(name)?.data[index] as number))),
    );
    expect(Math.max(...difference)).toBeLessThan(1e-6);
    await single.dispose();
    await accumulated.dispose();
  });

  it('leaves parameters and moments as they are, to the last bit, until the last batch', async () => {
    const session = await open({ accumulationSteps: 4 });
    for (const part of parts) await session.update(part, { learningRates });
    const kept = ({ tensors }: TrainingState) =>
      Object.entries(tensors).filter(([name]) => !name.endsWith('.gradientSum'));
    const before = kept(await session.readState());
    for (const part of parts.slice(0, 3)) {
      await session.update(part, { learningRates });
      expect(kept(await session.readState())).toEqual(before);
    }
    await session.update(parts[3] as TensorMap, { learningRates });
    expect(kept(await session.readState())).not.toEqual(before);
    await session.dispose();
  });

  it('continues in the middle of a sum to the same bits', async () => {
    const uninterrupted = await open({ accumulationSteps: 4 });
    for (const part of [...parts, ...parts]) await uninterrupted.update(part, { learningRates });
    for (const stop of [1, 3, 6]) {
      const first = await open({ accumulationSteps: 4 });
      for (const part of [...parts, ...parts].slice(0, stop)) await first.update(part, { learningRates });
      const resume = await first.readState();
      await first.dispose();
      expect(resume.accumulated).toBe(stop % 4);
      const second = await open({ accumulationSteps: 4, resume });
      for (const part of [...parts, ...parts].slice(stop)) await second.update(part, { learningRates });
      expect(await second.readState()).toEqual(await uninterrupted.readState());
      await second.dispose();
    }
    await uninterrupted.dispose();
    expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
  });

  it('adds nothing to the graph where every batch updates', () => {
    const build = (accumulationSteps?: number) =>
      buildTrainingGraph(network(), {
        groupOf: () => 'all',
        optimizer: adamWDefaults,
        ...(accumulationSteps !== undefined && { accumulationSteps }),
      });
    const names = ({ graph }: ReturnType<typeof build>) => [...graph.inputs.keys(), ...graph.outputs.keys()];
    expect(names(build(1))).toEqual(names(build()));
    const added = names(build(2)).filter((name) => !names(build()).includes(name));
    const perGroup = ['all', 'all/no-decay'].flatMap((name) => [`${name}.gradientSum`, `next.${name}.gradientSum`]);
    expect(added.sort()).toEqual(['isUpdate', ...perGroup].sort());
  });

  it.each([0, 1.5, Number.NaN])('refuses %s batches per update', async (accumulationSteps) => {
    await expect(open({ accumulationSteps })).rejects.toMatchObject({ argument: 'accumulationSteps' });
  });

  it('refuses to continue a sum with fewer batches than it holds', async () => {
    const first = await open({ accumulationSteps: 4 });
    for (const part of parts.slice(0, 3)) await first.update(part, { learningRates });
    const resume = await first.readState();
    await first.dispose();
    await expect(open({ accumulationSteps: 2, resume })).rejects.toMatchObject({ argument: 'accumulationSteps' });
  });
});

import { readFileSync } from 'node:fs';
import { f32, type HostTensor, i64 } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import { openOnnxRuntimeNode } from '../executors/onnxruntime-node';
import { graphOf } from '../graph/graph';
import { input } from '../graph/leaves';
import { layerNormLayer, linearLayer } from '../module/layers';
import { tracingScope } from '../module/weight-scope';
import { crossEntropy, gelu } from '../ops';
import { TrainingSession } from './training-session';

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

const open = (options: { clipNorm?: number; frozen?: RegExp } = {}) =>
  TrainingSession.open({
    graph: network(),
    weights,
    executor,
    groupOf: (name) => (options.frozen?.test(name) ? undefined : 'all'),
    optimizer: { weightDecay: oracle.weightDecay },
    ...(options.clipNorm !== undefined && { clipNorm: options.clipNorm }),
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

  it('continues from a saved state to the same bits', async () => {
    const whole = await open();
    for (const entry of oracle.batches) await whole.update(batch(entry), { learningRates });

    const first = await open();
    for (const entry of oracle.batches.slice(0, 2)) await first.update(batch(entry), { learningRates });
    const resume = await first.readState();
    await first.dispose();
    const second = await TrainingSession.open({
      graph: network(),
      weights,
      executor,
      groupOf: () => 'all',
      optimizer: { weightDecay: oracle.weightDecay },
      resume,
    });
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

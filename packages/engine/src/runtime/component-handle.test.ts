import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { f32, type HostTensor } from '@nano-emox/tensor-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireSizes } from '../module/check-config';
import { defineModule } from '../module/define-module';
import { linearLayer } from '../module/layers';
import { normal } from '../module/weight-scope';
import { add } from '../ops';
import {
  type ComponentDefinition,
  componentFromWeights,
  createComponent,
  floatResult,
  loadComponent,
  openExecutor,
} from './node';

interface ToyConfig {
  readonly inputDim: number;
  readonly outputDim: number;
}

const definition: ComponentDefinition<ToyConfig, 'x', 'y'> = {
  type: 'toy',
  module: defineModule({
    name: 'Toy',
    inputs: () => ({ x: f32('batch', 'inputDim') }),
    outputs: () => ({ y: f32('batch', 'outputDim') }),
    forward: ({ x }, weights, { outputDim }) => ({ y: linearLayer(x, weights, outputDim, { initializer: normal(1) }) }),
    ignores: (name) => name === 'position_ids',
  }),
  resolveConfig: ({ inputDim = 3, outputDim = 2 }) => {
    const config = { inputDim, outputDim };
    requireSizes('Toy', config, ['inputDim', 'outputDim']);
    return config;
  },
};

const local = { workers: 0, threads: 1 } as const;
const tensor = (values: number[], ...dims: number[]): HostTensor<'float32'> => ({
  type: 'float32',
  dims,
  data: Float32Array.from(values),
});
const x = tensor([1, 2, 3, 4, 5, 6], 2, 3);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-toy-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('component', () => {
  it('computes with its weights', async () => {
    const weights = new Map([
      ['weight', tensor([1, 0, 0, 0, 1, 1], 2, 3)],
      ['bias', tensor([10, 20], 2)],
      ['position_ids', tensor([0], 1)],
    ]);
    const toy = await componentFromWeights(definition, {}, weights, local);
    expect(floatResult(await toy.run({ x }), 'y')).toMatchObject({
      dims: [2, 2],
      data: Float32Array.of(11, 25, 14, 31),
    });
    expect([...toy.weights.keys()]).toEqual(['weight', 'bias']);
    await toy.dispose();
  });

  it('is the same from the same seed, and after saving and loading', async () => {
    const [first, second, other] = await Promise.all(
      [1, 1, 2].map((seed) => createComponent(definition, { outputDim: 4 }, { ...local, seed })),
    );
    if (!first || !second || !other) throw new RangeError('three components');
    const results = await first.run({ x });
    expect(await second.run({ x })).toEqual(results);
    expect(await other.run({ x })).not.toEqual(results);
    await first.save(folder);
    expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).toEqual({
      component: 'toy',
      formatVersion: 1,
      inputDim: 3,
      outputDim: 4,
    });
    const loaded = await loadComponent(definition, folder, local);
    expect(loaded.config).toEqual({ inputDim: 3, outputDim: 4 });
    expect(await loaded.run({ x })).toEqual(results);
    await Promise.all([first, second, other, loaded].map((component) => component.dispose()));
  });

  it('refuses folders of another component or format, and wrong sizes', async () => {
    const toy = await createComponent(definition, {}, local);
    await toy.save(folder);
    await toy.dispose();
    await expect(loadComponent({ ...definition, type: 'face-encoder' }, folder, local)).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      field: 'component',
      message: expect.stringContaining('describes toy in format 1, expected face-encoder in format 1'),
    });
    const path = join(folder, 'config.json');
    const stored = JSON.parse(await readFile(path, 'utf8')) as object;
    await writeFile(path, JSON.stringify({ ...stored, formatVersion: 99 }));
    await expect(loadComponent(definition, folder, local)).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
    await writeFile(path, JSON.stringify({ ...stored, inputDim: 5 }));
    await expect(loadComponent(definition, folder, local)).rejects.toMatchObject({
      code: 'WEIGHTS_MISMATCH',
      misshapen: [{ name: 'weight', expected: [2, 5], received: [2, 3] }],
    });
    await expect(createComponent(definition, { inputDim: 0 }, local)).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
    await expect(loadComponent(definition, join(folder, 'absent'), local)).rejects.toMatchObject({
      code: 'MISSING_FILE',
    });
  });

  it('compiles once for overlapping calls, and one that is aborted spoils nothing for the others', async () => {
    const executor = await openExecutor(local);
    const toy = await createComponent(definition, {}, { executor });
    const abort = new AbortController();
    const aborted = toy.run({ x }, { signal: abort.signal });
    abort.abort();
    const [, ...others] = await Promise.allSettled([aborted, toy.run({ x }), toy.run({ x })]);
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
    expect(others.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(executor.usage().sessions).toBe(1);
    await toy.dispose();
    expect(executor.usage().sessions).toBe(0);
    await executor.dispose();
  });

  it('stops when the signal is aborted, and works again afterwards', async () => {
    const toy = await createComponent(definition, {}, local);
    const signal = AbortSignal.abort();
    await expect(toy.run({ x }, { signal })).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(toy.warmUp({ signal })).rejects.toMatchObject({ code: 'ABORTED' });
    expect((await toy.run({ x })).y?.dims).toEqual([2, 2]);
    await toy.dispose();
  });

  it('is gone after dispose, which may come twice and before the first run', async () => {
    const toy = await createComponent(definition, {}, local);
    await Promise.all([toy.dispose(), toy.dispose()]);
    await expect(toy.run({ x })).rejects.toMatchObject({ code: 'DISPOSED', message: expect.stringContaining('toy') });
  });

  it('shares one runtime with components of the same options, until the last lets go', async () => {
    const [first, second] = await Promise.all([
      createComponent(definition, {}, local),
      createComponent(definition, {}, local),
    ]);
    await first?.run({ x });
    await first?.dispose();
    expect((await second?.run({ x }))?.y?.dims).toEqual([2, 2]);
    await second?.dispose();
  });

  it('leaves a runtime that was given to its owner', async () => {
    const executor = await openExecutor(local);
    const toy = await createComponent(definition, {}, { executor });
    await toy.run({ x });
    expect(executor.usage()).toEqual({ sessions: 1, states: 0 });
    await toy.dispose();
    expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
    const again = await createComponent(definition, {}, { executor });
    expect((await again.run({ x })).y?.dims).toEqual([2, 2]);
    await again.dispose();
    await executor.dispose();
  });

  it('is compiled with what its definition adds up, for precisions that round', async () => {
    const [bias, weight] = [tensor([100, 100], 2), tensor([1, 0, 0, 0, 1, 1], 2, 3)];
    const weights = new Map([
      ['weight', weight],
      ['bias', bias],
    ]);
    const merged: typeof definition.merged = ({ config }) => ({
      config,
      weights: new Map([
        ['weight', weight],
        ['bias', tensor([10, 20], 2)],
      ]),
    });
    const toy = await componentFromWeights({ ...definition, merged }, {}, weights, local);
    expect(floatResult(await toy.run({ x }), 'y').data).toEqual(Float32Array.of(101, 105, 104, 111));
    const rounded = [...floatResult(await toy.run({ x }, { precision: 'int8' }), 'y').data];
    for (const [index, value] of [11, 25, 14, 31].entries()) expect(rounded[index]).toBeCloseTo(value, 0);
    expect(toy.weights.get('bias')).toBe(bias);
    await toy.dispose();
  });

  it('keeps state between runs where its definition says so', async () => {
    const counter: ComponentDefinition<ToyConfig, 'total' | 'x', 'next'> = {
      type: 'counter',
      module: defineModule({
        name: 'Counter',
        inputs: () => ({ total: f32('items'), x: f32('items') }),
        outputs: () => ({ next: f32('items') }),
        forward: ({ total, x: step }) => ({ next: add(total, step) }),
      }),
      resolveConfig: definition.resolveConfig,
      feedback: () => ({ next: 'total' }),
    };
    const component = await createComponent(counter, {}, local);
    const state = await component.createState({ total: tensor([1, 2], 2) });
    await component.run({ x: tensor([10, 10], 2) }, { state });
    await component.run({ x: tensor([5, 0], 2) }, { state });
    expect((await state.read()).total?.data).toEqual(Float32Array.of(16, 12));
    await state.dispose();
    await component.dispose();
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { traceModule } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { assertAllclose, ramp, rows } from '@nano-emox/engine/testing';
import { elementCount, type FloatTensor, floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import { Adapter, type AdapterConfig, adapterModule, presets, resolveAdapterConfig } from './index';

const executor = await openExecutor({ workers: 0 });
const folder = await mkdtemp(join(tmpdir(), 'adapter-'));
afterAll(async () => {
  await executor.dispose();
  await rm(folder, { recursive: true });
});

const small: readonly AdapterConfig[] = [
  presets.tiny.frame,
  presets.tiny.audio,
  presets.tiny.face,
  resolveAdapterConfig({ type: 'mean', modality: 'frame', inputDim: 24, lmDim: 40, tokens: 6 }),
  resolveAdapterConfig({ type: 'attention', modality: 'audio', inputDim: 24, lmDim: 40, tokens: 6 }),
  resolveAdapterConfig({ type: 'linear', modality: 'frame', inputDim: 24, lmDim: 40 }),
];

describe.each(small)('$type adapter of modality $modality', (config) => {
  const features = ramp(3, 8, config.inputDim);

  it('gives the shape of its output spec', async () => {
    const adapter = await Adapter.create(config, { executor, seed: 1 });
    const { embeddings, modality } = await adapter.adapt(features);
    expect(modality).toBe(config.modality);
    const [batch, tokens, width] = adapter.outputSpec.axes;
    expect([batch, width]).toEqual(['batch', config.lmDim]);
    expect(embeddings.dims).toEqual([3, tokens === 'time' ? 8 : tokens, config.lmDim]);
    await adapter.dispose();
  });

  it('treats a row of a batch as it treats the row alone', async () => {
    const adapter = await Adapter.create(config, { executor, seed: 1 });
    const { embeddings } = await adapter.adapt(features);
    for (const row of [0, 1, 2]) {
      const alone = await adapter.adapt(rows(features, row, row + 1));
      assertAllclose(alone.embeddings, rows(embeddings, row, row + 1), 1e-5);
    }
    await adapter.dispose();
  });

  it('is the same after save and load', async () => {
    const path = join(folder, `${config.type}-${config.modality}`);
    const adapter = await Adapter.create(config, { executor, seed: 1 });
    await adapter.save(path);
    const loaded = await Adapter.fromPretrained(path, { executor });
    expect(loaded.config).toEqual(adapter.config);
    const [before, after] = [await adapter.adapt(features), await loaded.adapt(features)];
    expect(after.embeddings.data).toEqual(before.embeddings.data);
    await adapter.dispose();
    await loaded.dispose();
  });

  it('lists every weight that does not fit in one error', async () => {
    const adapter = await Adapter.create(config, { executor });
    const weights = new Map<string, HostTensor>(adapter.weights);
    const [first, second] = [...weights.keys()] as [string, string];
    weights.delete(first);
    weights.set(second, ramp(2, 3));
    weights.set('stray', ramp(1));
    await expect(Adapter.fromWeights(config, weights, { executor })).rejects.toMatchObject({
      code: 'WEIGHTS_MISMATCH',
      missing: [first],
      unexpected: ['stray'],
      misshapen: [{ name: second }],
    });
    await adapter.dispose();
  });
});

describe('seeds', () => {
  it('decide the fresh weights', async () => {
    const config = presets.tiny.face;
    const adapters = await Promise.all([5, 5, 6].map((seed) => Adapter.create(config, { executor, seed })));
    const [a, b, c] = adapters.map(({ weights }) => weights.get('face_proj.0.weight') as FloatTensor);
    expect(a?.data).toEqual(b?.data);
    expect(a?.data).not.toEqual(c?.data);
    await Promise.all(adapters.map((adapter) => adapter.dispose()));
  });
});

describe('bad input', async () => {
  const adapter = await Adapter.create(presets.tiny.audio, { executor });
  afterAll(() => adapter.dispose());

  it.each<[string, HostTensor, string]>([
    ['another width', ramp(1, 8, 64), 'SHAPE_MISMATCH'],
    ['a missing axis', ramp(8, 128), 'SHAPE_MISMATCH'],
    ['no time steps', floatTensor(new Float32Array(0), [1, 0, 128]), 'SHAPE_MISMATCH'],
    ['more steps than positions', ramp(1, 9, 128), 'SHAPE_MISMATCH'],
    ['integers', { type: 'int32', dims: [1, 8, 128], data: new Int32Array(1024) }, 'DATA_TYPE_MISMATCH'],
  ])('%s', async (_name, features, code) => {
    await expect(adapter.adapt(features as FloatTensor)).rejects.toMatchObject({ code, hint: expect.any(String) });
  });

  it('an aborted signal', async () => {
    const signal = AbortSignal.abort();
    await expect(adapter.adapt(ramp(1, 8, 128), { signal })).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('bad configuration', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ type: 'transformer' }, 'type'],
    [{ modality: 'smell' }, 'modality'],
    [{ inputDim: 0 }, 'inputDim'],
    [{ tokens: 1.5 }, 'tokens'],
    [{ hidden: 30, heads: 4 }, 'hidden'],
    [{ layerNormEpsilon: -1 }, 'layerNormEpsilon'],
    [{ type: 'linear', tokens: 4 }, 'tokens'],
    [{ head: 4 }, 'head'],
  ])('%j', (config, field) => {
    expect(() => resolveAdapterConfig(config)).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG', field }));
  });

  it('a folder of another component', async () => {
    const path = join(folder, 'foreign');
    const adapter = await Adapter.create(presets.tiny.face, { executor });
    await adapter.save(path);
    await adapter.dispose();
    const file = join(path, 'config.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"adapter"', '"face-encoder"'));
    await expect(Adapter.fromPretrained(path, { executor })).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      field: 'component',
    });
  });

  it('a folder that does not exist', async () => {
    await expect(Adapter.fromPretrained(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'MISSING_FILE' });
  });
});

describe('disposal', () => {
  it('frees the session, twice is once, and later use is an error', async () => {
    const before = executor.usage();
    const adapter = await Adapter.create(presets.tiny.face, { executor });
    await adapter.warmUp();
    expect(executor.usage().sessions).toBe(before.sessions + 1);
    await adapter.dispose();
    await adapter.dispose();
    expect(executor.usage()).toEqual(before);
    await expect(adapter.adapt(ramp(1, 8, 128))).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

describe('the published sizes', () => {
  /** Reference: derived from the released configuration, video 20 930 048 and audio 20 905 472 trainable parameters. */
  it.each([
    ['frame', 20_930_048],
    ['audio', 20_905_472],
  ] as const)('%s', (modality, expected) => {
    const { parameters } = traceModule(adapterModule, presets.paper[modality]);
    const counts = [...parameters.values()].map(({ shape }) => elementCount(shape as number[]));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(expected);
  });
});

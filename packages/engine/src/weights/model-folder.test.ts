import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { floatTensor } from '@nano-emox/tensor-contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadModelFolder, saveModelFolder } from './model-folder';
import { matricesAsInt8 } from './safetensors-chunks';
import { readSafetensors } from './safetensors-file';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-model-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const weights = new Map([
  ['layer.bias', floatTensor(Float32Array.of(0.1, -0.2), [2])],
  ['layer.weight', floatTensor(Float32Array.of(127, -64, 2, 254), [2, 2])],
]);
const config = { type: 'demo', sizes: [1, 2], nested: { name: 'ä' } };

describe('model folders', () => {
  it('come back as they were saved, with a format version', async () => {
    await saveModelFolder(join(folder, 'new'), { config, weights }, { metadata: { source: 'test' } });
    const loaded = await loadModelFolder(join(folder, 'new'));
    expect(loaded).toEqual({ config: { ...config, formatVersion: 1 }, weights });
    expect((await readdir(join(folder, 'new'))).sort()).toEqual(['config.json', 'model.safetensors']);
    const { metadata } = await readSafetensors(join(folder, 'new', 'model.safetensors'));
    expect(metadata).toEqual({ source: 'test' });
  });

  it('can be stored as int8', async () => {
    await saveModelFolder(folder, { config, weights }, { storage: matricesAsInt8 });
    expect((await loadModelFolder(folder)).weights).toEqual(weights); // chosen to lie on the int8 grid
  });

  it.each([
    ['newer', '{"formatVersion": 2}', 'INVALID_CONFIG'],
    ['without version', '{}', 'INVALID_CONFIG'],
    ['with a version that is text', '{"formatVersion": "1"}', 'INVALID_CONFIG'],
    ['a list', '[]', 'INVALID_CONFIG'],
    ['null', 'null', 'INVALID_CONFIG'],
    ['cut off', '{"formatVersion"', 'INVALID_FILE'],
  ])('with a config that is %s are refused', async (_, text, code) => {
    await saveModelFolder(folder, { config, weights });
    await writeFile(join(folder, 'config.json'), text);
    await expect(loadModelFolder(folder)).rejects.toMatchObject({ code });
  });

  it('that lack a file are refused', async () => {
    await expect(loadModelFolder(join(folder, 'absent'))).rejects.toMatchObject({ code: 'MISSING_FILE' });
    await saveModelFolder(folder, { config, weights });
    await rm(join(folder, 'model.safetensors'));
    await expect(loadModelFolder(folder)).rejects.toMatchObject({ code: 'MISSING_FILE' });
  });

  it('stay as they were when a save fails', async () => {
    await saveModelFolder(folder, { config, weights });
    const before = await readFile(join(folder, 'config.json'), 'utf8');
    const broken = new Map([['layer.bias', floatTensor(Float32Array.of(Number.NaN), [1])]]);
    const changed = { ...config, type: 'other' };
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    await expect(saveModelFolder(folder, { config: changed, weights: broken })).rejects.toMatchObject({
      code: 'NON_FINITE',
    });
    await expect(saveModelFolder(folder, { config: cyclic, weights })).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
    });
    const future = { ...config, formatVersion: 2 };
    await expect(saveModelFolder(folder, { config: future, weights })).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
    });
    const signal = AbortSignal.abort();
    await expect(saveModelFolder(folder, { config: changed, weights }, { signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    expect(await readFile(join(folder, 'config.json'), 'utf8')).toBe(before);
    expect((await loadModelFolder(folder)).weights).toEqual(weights);
    expect((await readdir(folder)).sort()).toEqual(['config.json', 'model.safetensors']);
  });
});

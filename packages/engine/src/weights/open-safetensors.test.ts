import { mkdtemp, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type FloatTensor, floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Random } from '../random';
import { fingerprintOf } from './fingerprint';
import { lazyTensor } from './lazy-tensor';
import { openModelFolder, saveModelFolder } from './model-folder';
import { openSafetensors } from './open-safetensors';
import { matricesAsInt8 } from './safetensors-chunks';
import { readSafetensors, writeSafetensors } from './safetensors-file';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-open-'));
  path = join(folder, 'model.safetensors');
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

/** More than one piece of 4 MiB, and less than one. */
const sizes = { large: [1100, 1024], small: [3, 5], vector: [7] } as const;

function tensors(seed: number): Map<string, FloatTensor> {
  const random = new Random(seed);
  return new Map(
    Object.entries(sizes).map(([name, dims]) => {
      const count = (dims as readonly number[]).reduce((product, size) => product * size, 1);
      const values = Float32Array.from({ length: count }, () => random.normal());
      return [name, floatTensor(values, dims)];
    }),
  );
}

/** As if the file had been written some time before. */
async function openSettled(): Promise<ReadonlyMap<string, HostTensor>> {
  const now = Date.now();
  vi.spyOn(Date, 'now').mockReturnValue(now + 10_000);
  const opened = await openSafetensors(path);
  vi.restoreAllMocks();
  return opened;
}

const dataOf = (map: ReadonlyMap<string, HostTensor>, name: string) => map.get(name)?.data as Float32Array;
const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);
const printsOf = (map: ReadonlyMap<string, HostTensor>) => [...map.values()].map(fingerprintOf);

it('values made when asked for are made once to be checked and once to be written', async () => {
  const values = tensors(1).get('large') as FloatTensor;
  let made = 0;
  const lazy = lazyTensor(values, () => {
    made++;
    return values.data;
  });
  await writeSafetensors(path, new Map([['large', lazy]]), {}, { storage: () => 'bfloat16' });
  expect(made).toBe(2);
});

describe('a safetensors file that stays on disk', () => {
  it.each([
    ['float32', undefined],
    ['bfloat16', () => 'bfloat16' as const],
    ['int8', matricesAsInt8],
  ])('has the values that reading it gives (%s)', async (_, storage) => {
    await writeSafetensors(path, tensors(1), {}, storage ? { storage } : {});
    const { tensors: expected } = await readSafetensors(path);
    const opened = await openSafetensors(path);
    expect([...opened.keys()]).toEqual([...expected.keys()]);
    for (const [name, tensor] of expected) {
      expect(opened.get(name)).toMatchObject({ type: tensor.type, dims: tensor.dims });
      expect(Buffer.compare(bytesOf(dataOf(opened, name)), bytesOf(tensor.data as Float32Array))).toBe(0);
    }
  });

  it('has fingerprints that are the same as long as it is, and others when it is written again', async () => {
    await writeSafetensors(path, tensors(1));
    const first = printsOf(await openSettled());
    expect(new Set(first).size).toBe(3);
    expect(printsOf(await openSettled())).toEqual(first);
    await setTimeout(20);
    await writeSafetensors(path, tensors(1));
    for (const print of printsOf(await openSettled())) expect(first).not.toContain(print);
  });

  it('is not taken for the same one when its times are set back', async () => {
    await writeSafetensors(path, tensors(1));
    const past = new Date(Date.now() - 1e7);
    await utimes(path, past, past);
    const first = printsOf(await openSettled());
    await setTimeout(20);
    await utimes(path, past, past);
    for (const print of printsOf(await openSettled())) expect(first).not.toContain(print);
  });

  it('stands for its values alone while it is fresh', async () => {
    await writeSafetensors(path, tensors(1));
    const opened = await openSafetensors(path);
    const memory = floatTensor(dataOf(opened, 'large').slice(), sizes.large);
    expect(fingerprintOf(opened.get('large') as HostTensor)).toBe(fingerprintOf(memory));
  });

  it.each([
    ['written over', () => writeFile(path, 'something else')],
    ['cut off', () => truncate(path, 3_000_000)],
    [
      'replaced',
      async () => {
        await writeSafetensors(`${path}.new`, tensors(2));
        await rename(`${path}.new`, path);
      },
    ],
  ])('is refused when it was %s since', async (_, change) => {
    await writeSafetensors(path, tensors(1));
    const opened = await openSafetensors(path);
    await change();
    expect(() => dataOf(opened, 'large')).toThrow('was changed or replaced since it was opened');
  });

  it('is a missing file when it was removed since', async () => {
    await writeSafetensors(path, tensors(1));
    const opened = await openSafetensors(path);
    await rm(path);
    expect(() => dataOf(opened, 'small')).toThrow(expect.objectContaining({ code: 'MISSING_FILE' }));
  });

  it('refuses values that are not finite when they are read', async () => {
    const broken = new Map([['a', floatTensor(Float32Array.of(1, Number.NaN), [2])]]);
    await writeSafetensors(path, broken, {}, { requireFinite: false });
    const opened = await openSafetensors(path);
    expect(() => dataOf(opened, 'a')).toThrow(expect.objectContaining({ code: 'NON_FINITE' }));
  });
});

it('a model folder is opened so when its weights are large', async () => {
  await saveModelFolder(folder, { config: { a: 1 }, weights: tensors(1) });
  const eager = await openModelFolder(folder);
  const lazy = await openModelFolder(folder, { lazySizeBytes: 0 });
  expect(lazy.config).toEqual(eager.config);
  await truncate(path, 100);
  expect(dataOf(eager.weights, 'large')).toHaveLength(1100 * 1024);
  expect(() => dataOf(lazy.weights, 'large')).toThrow('was changed');
  await expect(openModelFolder(folder, { lazySizeBytes: 0 })).rejects.toMatchObject({ code: 'INVALID_FILE' });
});

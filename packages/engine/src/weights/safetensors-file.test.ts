import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from './safetensors-codec';
import { readSafetensors, readSafetensorsHeader, type WeightsEvent, writeSafetensors } from './safetensors-file';
import { scopeWeights } from './weights';

const fixture = fileURLToPath(new URL('./__fixtures__/all-types.safetensors', import.meta.url));
const golden = join(
  process.env.NANO_EMOX_DATA ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url)),
  'golden',
);

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-weights-'));
  path = join(folder, 'model.safetensors');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** float32 tensor of 2 x 1.1 million values: several chunks to write and, but for int8, to read; the last is not full. */
const large = floatTensor(
  Float32Array.from({ length: 2_200_002 }, (_, index) => Math.cos(index)),
  [2, 1_100_001],
);

const bytesOf = (data: ArrayBufferView): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

describe('readSafetensors', () => {
  it('reads what the in-memory decoder reads', async () => {
    expect(await readSafetensors(fixture)).toEqual(decodeSafetensors(new Uint8Array(readFileSync(fixture))));
    expect([...(await readSafetensorsHeader(fixture)).entries.get('f16')!.shape]).toEqual([40]);
  });

  it.each(['float32', 'float16', 'int8'] as const)('reads %s storage over several chunks', async (storage) => {
    const tensors = new Map([['large', large]]);
    await writeSafetensors(path, tensors, { note: storage }, { storage });
    const bytes = encodeSafetensors(tensors, { note: storage }, { storage });
    expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
    const read = (await readSafetensors(path)).tensors.get('large')?.data as Float32Array;
    const expected = decodeSafetensors(bytes).tensors.get('large')?.data as Float32Array;
    expect(Buffer.compare(Buffer.from(read.buffer), Buffer.from(expected.buffer))).toBe(0);
  });

  it('reports progress that only grows and ends at the total', async () => {
    const events: WeightsEvent[] = [];
    await readSafetensors(fixture, { names: ['f16', 'f32'], onEvent: (event) => events.push(event) });
    expect(events.map(({ type }) => type)).toEqual(['weights-start', 'weights-delta', 'weights-delta', 'weights-end']);
    expect(events.map((event) => ('loadedBytes' in event ? event.loadedBytes : 0))).toEqual([0, 120, 200, 200]);
    expect(new Set(events.map(({ totalBytes }) => totalBytes))).toEqual(new Set([200]));
  });

  it('stops between tensors when it is aborted', async () => {
    const controller = new AbortController();
    const onEvent = (event: WeightsEvent) => event.type === 'weights-delta' && controller.abort();
    await expect(readSafetensors(fixture, { signal: controller.signal, onEvent })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });

  it('reads one small tensor of a file of 5 GiB without touching the rest', async () => {
    const hugeBytes = 5 * 1024 ** 3;
    const header = JSON.stringify({
      huge: { dtype: 'F32', shape: [hugeBytes / 4], data_offsets: [0, hugeBytes] },
      last: { dtype: 'F32', shape: [2], data_offsets: [hugeBytes, hugeBytes + 8] },
    });
    const prefix = Buffer.alloc(8 + header.length, header, 'utf8');
    prefix.writeBigUInt64LE(BigInt(header.length));
    prefix.write(header, 8);
    const file = await open(path, 'w'); // sparse: the hole takes no space on the disk
    await file.write(prefix, 0, prefix.length, 0);
    await file.write(Float32Array.of(1.5, -2), 0, 8, prefix.length + hugeBytes);
    await file.close();
    const { tensors } = await readSafetensors(path, { names: ['last'] });
    expect([...tensors]).toEqual([['last', floatTensor(Float32Array.of(1.5, -2), [2])]]);
  });

  it('refuses a tensor that no memory holds', async () => {
    const sizeBytes = 2 ** 42;
    const header = `{"a":{"dtype":"U8","shape":[${sizeBytes}],"data_offsets":[0,${sizeBytes}]}}`;
    const prefix = Buffer.alloc(8 + header.length);
    prefix.writeBigUInt64LE(BigInt(header.length));
    prefix.write(header, 8);
    await writeFile(path, prefix);
    await truncate(path, prefix.length + sizeBytes);
    await expect(readSafetensors(path)).rejects.toMatchObject({ code: 'INVALID_FILE' });
  });

  it('refuses damaged, absent and special files with typed errors', async () => {
    await expect(readSafetensors(join(folder, 'absent'))).rejects.toMatchObject({ code: 'MISSING_FILE' });
    await expect(readSafetensors(folder)).rejects.toMatchObject({ code: 'INVALID_FILE', path: folder });
    await expect(readSafetensors(join(folder, 'a\0b'))).rejects.toMatchObject({ code: 'INVALID_FILE' });
    const whole = await readFile(fixture);
    for (const length of [0, 5, 8, 500, whole.length - 1]) {
      await writeFile(path, whole.subarray(0, length));
      await expect(readSafetensors(path)).rejects.toMatchObject({ code: 'INVALID_FILE', path });
    }
    await writeFile(
      path,
      encodeSafetensors(new Map([['a', floatTensor(Float32Array.of(Number.NaN), [1])]]), {}, { requireFinite: false }),
    );
    await expect(readSafetensors(path)).rejects.toMatchObject({ code: 'NON_FINITE' });
    expect((await readSafetensors(path, { requireFinite: false })).tensors.size).toBe(1);
  });

  it.skipIf(process.platform === 'win32')('does not wait for a named pipe', async () => {
    execFileSync('mkfifo', [path]);
    await expect(readSafetensors(path)).rejects.toMatchObject({ code: 'INVALID_FILE' });
  });
});

describe('writeSafetensors', () => {
  it('leaves nothing, or the older file, when it is aborted or fails half way', async () => {
    const bad: HostTensor = floatTensor(Float32Array.of(Number.NaN), [1]);
    const tensors = new Map([
      ['a', large],
      ['b', bad],
    ]);
    await expect(writeSafetensors(path, tensors)).rejects.toMatchObject({ code: 'NON_FINITE' });
    expect(await readdir(folder)).toEqual([]);

    await writeSafetensors(path, new Map([['old', floatTensor(Float32Array.of(1), [1])]]));
    const { signal } = new AbortController();
    let checks = 0;
    let seenTemporary = false;
    const aborted = () => {
      seenTemporary ||= readdirSync(folder).some((name) => name.endsWith('.tmp'));
      return ++checks > 3; // before anything, before the header, before the first piece, and then
    };
    Object.defineProperty(signal, 'aborted', { get: aborted });
    const writing = writeSafetensors(path, new Map([['a', large]]), {}, { signal });
    await expect(writing).rejects.toMatchObject({ code: 'ABORTED' });
    expect(seenTemporary).toBe(true);
    expect(await readdir(folder)).toEqual(['model.safetensors']);
    expect([...(await readSafetensors(path)).tensors.keys()]).toEqual(['old']);
  });

  it('cannot replace a folder, and says so', async () => {
    await mkdir(path);
    await expect(writeSafetensors(path, new Map())).rejects.toMatchObject({ code: 'INVALID_FILE', path });
    expect(await readdir(folder)).toEqual(['model.safetensors']);
  });
});

describe('golden files of the published modules', () => {
  it.skipIf(!existsSync(golden)).each([
    ['facial-encoder', 'facial encoder: FaceXFormer multi-scale + temporal queries'],
    ['fusion-dense', 'dense mixture fusion, router noise off'],
    ['fusion-multiscale', 'multi-scale cross-modal fusion'],
  ])('%s (needs shared/data/golden)', async (name, module) => {
    const { tensors, metadata } = await readSafetensors(join(golden, `${name}.safetensors`));
    expect(metadata.module).toBe(module);
    const parts = ['weights', 'input', 'output'].map((prefix) => scopeWeights(tensors, prefix).size);
    expect(Math.min(...parts)).toBeGreaterThan(0);
    expect(parts.reduce((sum, size) => sum + size)).toBe(tensors.size);
    await writeSafetensors(path, tensors, metadata);
    const again = await readSafetensors(path);
    expect(again.metadata).toEqual(metadata);
    expect([...again.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
    for (const [key, { type, dims, data }] of tensors) {
      const copy = again.tensors.get(key) as HostTensor;
      expect({ type: copy.type, dims: copy.dims }).toEqual({ type, dims });
      expect(Buffer.compare(bytesOf(copy.data), bytesOf(data)), key).toBe(0);
    }
  });
});

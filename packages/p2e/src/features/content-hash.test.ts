import { createHash } from 'node:crypto';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AbortedError, InvalidFileError, MissingFileError } from '@nano-emox/tensor-contract';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { contentHashOf } from './content-hash';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-hash-'));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

it('is the SHA-256 of the bytes, from a file or from memory, longer than one chunk or empty', async () => {
  for (const length of [0, 1, 3_000_001]) {
    const bytes = Uint8Array.from({ length }, (_, index) => index % 251);
    const expected = createHash('sha256').update(bytes).digest('hex');
    const path = join(folder, `${length}`);
    await writeFile(path, bytes);
    expect([await contentHashOf(path), await contentHashOf(bytes), await contentHashOf(path)]).toEqual([
      expected,
      expected,
      expected,
    ]);
  }
  // Known answer of FIPS 180-2.
  expect(await contentHashOf(new TextEncoder().encode('abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

it.each([0, 10_000])('sees that a file of the same size and time has other content, %d ms later', async (delayMs) => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + delayMs }); // after a while, hashes are remembered
  const path = join(folder, 'clip');
  await writeFile(path, 'before');
  const before = await contentHashOf(path);
  await writeFile(path, 'after!');
  await utimes(path, 1_000_000, 1_000_000);
  const after = await contentHashOf(path);
  expect(after).not.toBe(before);
  await writeFile(path, 'before');
  await utimes(path, 1_000_000, 1_000_000);
  expect([await contentHashOf(path), await contentHashOf(path)]).toEqual([before, before]);
});

it('refuses what is not a file, and stops when aborted', async () => {
  await expect(contentHashOf(folder)).rejects.toThrow(InvalidFileError);
  await expect(contentHashOf(join(folder, 'absent'))).rejects.toThrow(MissingFileError);
  await expect(contentHashOf(new Uint8Array(1), { signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
});

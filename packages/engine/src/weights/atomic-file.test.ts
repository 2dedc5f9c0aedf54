import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AbortedError, InvalidFileError, MissingFileError } from '@nano-emox/tensor-contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFileAtomic } from './atomic-file';
import { readJsonFile } from './json-file';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-atomic-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('writeFileAtomic', () => {
  async function* slowly(...texts: string[]) {
    for (const text of texts) yield new TextEncoder().encode(text);
  }

  it.each([
    ['text', 'äbc'],
    ['bytes', new TextEncoder().encode('äbc')],
    ['pieces', [new TextEncoder().encode('ä'), new Uint8Array(0), new TextEncoder().encode('bc')]],
    ['asynchronous pieces', slowly('ä', 'bc')],
  ])('writes %s, replaces an older file, leaves no other', async (_, content) => {
    const path = join(folder, 'a.txt');
    await writeFile(path, 'older and longer');
    await writeFileAtomic(path, content);
    expect(await readFile(path, 'utf8')).toBe('äbc');
    expect(await readdir(folder)).toEqual(['a.txt']);
  });

  it('makes missing folders', async () => {
    await writeFileAtomic(join(folder, 'x', 'y', 'a.txt'), 'a');
    expect(await readFile(join(folder, 'x', 'y', 'a.txt'), 'utf8')).toBe('a');
  });

  it('keeps the older file and nothing else when the content fails half way', async () => {
    const path = join(folder, 'a.txt');
    await writeFile(path, 'old');
    async function* failing() {
      yield new Uint8Array(100);
      throw new RangeError('source failed');
    }
    await expect(writeFileAtomic(path, failing())).rejects.toThrow(RangeError);
    expect(await readdir(folder)).toEqual(['a.txt']);
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  it('leaves nothing when it is aborted half way', async () => {
    const controller = new AbortController();
    async function* aborting() {
      yield new Uint8Array(100);
      controller.abort();
      yield new Uint8Array(100);
    }
    const writing = writeFileAtomic(join(folder, 'a.txt'), aborting(), { signal: controller.signal });
    await expect(writing).rejects.toThrow(AbortedError);
    expect(await readdir(folder)).toEqual([]);
  });

  it('says which file cannot be written', async () => {
    await mkdir(join(folder, 'taken'));
    await writeFile(join(folder, 'file'), '');
    await expect(writeFileAtomic(join(folder, 'taken'), 'a')).rejects.toThrow(InvalidFileError);
    await expect(writeFileAtomic(join(folder, 'file', 'a'), 'a')).rejects.toThrow(InvalidFileError);
    await expect(writeFileAtomic(join(folder, 'a\0b'), 'a')).rejects.toThrow(InvalidFileError);
    expect((await readdir(folder)).sort()).toEqual(['file', 'taken']);
  });
});

describe('readJsonFile', () => {
  it('reads JSON', async () => {
    await writeFile(join(folder, 'a.json'), '{"a": [1, "ä"]}');
    expect(await readJsonFile(join(folder, 'a.json'))).toEqual({ a: [1, 'ä'] });
  });

  it.each([
    ['cut off', '{"a": '],
    ['empty', ''],
    ['not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
  ])('refuses a file that is %s', async (_, content) => {
    await writeFile(join(folder, 'a.json'), content);
    await expect(readJsonFile(join(folder, 'a.json'))).rejects.toMatchObject({
      code: 'INVALID_FILE',
      path: join(folder, 'a.json'),
    });
  });

  it('tells a missing file and a folder apart', async () => {
    await expect(readJsonFile(join(folder, 'absent.json'))).rejects.toThrow(MissingFileError);
    await expect(readJsonFile(folder)).rejects.toThrow(InvalidFileError);
  });
});

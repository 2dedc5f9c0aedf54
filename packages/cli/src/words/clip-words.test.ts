import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordsFromFile, wordsFromSidecar } from './clip-words';

let folder = '';
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'words-'));
  await writeFile(at('talk.txt'), 'from text');
  await writeFile(at('talk.srt'), '1\n00:00:00,000 --> 00:00:01,000\nfrom srt\n');
  await writeFile(at('wide.txt'), Buffer.from('\uFEFFgrün', 'utf16le'));
  await writeFile(at('blank.vtt'), 'WEBVTT\n\n');
  await writeFile(at('blank.txt'), 'still here');
  await writeFile(at('binary.txt'), new Uint8Array([0x89, 0x50, 0, 0xff]));
  await writeFile(at('words.md'), 'words');
});
afterAll(() => rm(folder, { recursive: true }));

describe('words of a clip', () => {
  it('come from the sidecar with times rather than from plain text', async () => {
    expect(await wordsFromSidecar(at('talk.mp4'))).toEqual({
      text: 'from srt',
      source: 'sidecar',
      path: at('talk.srt'),
    });
  });

  it('pass over a sidecar without words, and are none without a sidecar', async () => {
    expect(await wordsFromSidecar(at('blank.mp4'))).toMatchObject({ text: 'still here', path: at('blank.txt') });
    expect(await wordsFromSidecar(at('other.mp4'))).toEqual({ text: '', source: 'none' });
  });

  it('may be UTF-16', async () => {
    expect(await wordsFromFile(at('wide.txt'))).toEqual({ text: 'grün', source: 'file', path: at('wide.txt') });
  });

  it.each([
    ['missing.srt', 'MISSING_FILE', 'cannot be read'],
    ['blank.vtt', 'INVALID_FILE', 'holds no words'],
    ['binary.txt', 'INVALID_FILE', 'no text file'],
    ['words.md', 'INVALID_FILE', 'no words file'],
  ])('in %s: %s', async (name, code, message) => {
    await expect(wordsFromFile(at(name))).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

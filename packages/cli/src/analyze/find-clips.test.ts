import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findClips } from './find-clips';

let folder = '';
const at = (...names: readonly string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-find-'));
  await mkdir(at('talks', 'deep'), { recursive: true });
  await mkdir(at('empty'));
  for (const name of ['b.mp4', 'a.MP4', 'notes.txt', 'talk [1].mp4', 'deep/c.wav', '.hidden.mp4']) {
    await writeFile(at('talks', name), 'x');
  }
  await writeFile(at('odd.bin'), 'x');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const pathsOf = async (...args: readonly string[]) => (await findClips(args)).map(({ path }) => path);

describe('findClips', () => {
  it('takes media files out of a folder and those below it, sorted', async () => {
    expect(await pathsOf(at('talks'))).toEqual(
      ['a.MP4', 'b.mp4', join('deep', 'c.wav'), 'talk [1].mp4'].map((name) => at('talks', name)),
    );
  });

  it('takes what a pattern matches', async () => {
    expect(await pathsOf(`${folder}/talks/**/*.{mp4,wav}`)).toEqual(
      ['b.mp4', join('deep', 'c.wav'), 'talk [1].mp4'].map((name) => at('talks', name)),
    );
  });

  it('takes a file as it is, also one whose name looks like a pattern, and each once', async () => {
    const [odd, bracket] = [at('odd.bin'), at('talks', 'talk [1].mp4')];
    expect(await pathsOf(odd, bracket, odd, at('talks'))).toEqual([
      odd,
      bracket,
      at('talks', 'a.MP4'),
      at('talks', 'b.mp4'),
      at('talks', 'deep', 'c.wav'),
    ]);
  });

  it('says where an argument stands for nothing, and leaves a missing file to its reader', async () => {
    const found = await findClips([at('empty'), at('*.mkv'), 'missing.mp4']);
    expect(found.map(({ error }) => error?.code)).toEqual(['INVALID_MEDIA', 'INVALID_MEDIA', undefined]);
    expect(found[1]?.error?.message).toContain('no file matches');
  });

  it('does not follow links, which may go round in circles', async (context) => {
    await symlink(at('talks'), at('talks', 'deep', 'again'), 'dir').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPERM') throw error;
      context.skip('Windows lets not everybody make links');
    });
    expect(await pathsOf(at('talks', 'deep'))).toEqual([at('talks', 'deep', 'c.wav')]);
  });
});

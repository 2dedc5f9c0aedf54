import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PrivateFolder } from './private-folder';

let parent = '';
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'nano-emox-folders-'));
});
afterAll(() => rm(parent, { recursive: true, force: true }));

it('removes what a server that crashed has left, and nothing else', async () => {
  const { pid: gone } = spawnSync(process.execPath, ['-e', '']);
  const kept = [`nano-emox-server-${process.ppid}-abcdef`, 'nano-emox-server-notes', 'something-else'];
  for (const name of [...kept, `nano-emox-server-${gone}-abcdef`]) {
    await mkdir(join(parent, name));
    await writeFile(join(parent, name, 'clip'), 'bytes');
  }
  const folder = await PrivateFolder.open(parent);
  expect((await readdir(parent)).filter((name) => join(parent, name) !== folder.path).sort()).toEqual(kept.sort());
  await folder.dispose();
  expect((await readdir(parent)).sort()).toEqual(kept.sort());
});

it.skipIf(process.platform === 'win32')('is readable by its owner alone', async () => {
  const folder = await PrivateFolder.open(parent);
  expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
  await folder.dispose();
  await folder.dispose();
});

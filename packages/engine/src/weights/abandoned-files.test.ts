import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeAbandonedFiles } from './abandoned-files';
import { stageFile } from './atomic-file';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-abandoned-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const temporaryOf = (processId: number) => `.nano-emox-${processId}-0123456789ab.tmp`;
const goneProcess = () => spawnSync(process.execPath, ['-e', '']).pid;

it('removes what a killed process left, and nothing else', async () => {
  const left = temporaryOf(goneProcess());
  const others = ['model.safetensors', '.nano-emox-notes.tmp', temporaryOf(process.ppid)];
  for (const name of [left, ...others]) await writeFile(join(folder, name), 'x');
  expect(await removeAbandonedFiles(folder)).toEqual([left]);
  expect((await readdir(folder)).sort()).toEqual(others.sort());
});

it('leaves a file that this process is writing, and removes one that a former process of the same id left', async () => {
  const staged = await stageFile(join(folder, 'a'), 'new');
  const left = temporaryOf(process.pid);
  await writeFile(join(folder, left), 'x');
  const longAgo = Date.now() / 1000 - process.uptime() - 60;
  await utimes(join(folder, left), longAgo, longAgo);
  expect(await removeAbandonedFiles(folder)).toEqual([left]);
  await staged.commit();
  expect(await readdir(folder)).toEqual(['a']);
});

it('finds nothing in a folder that does not exist', async () => {
  expect(await removeAbandonedFiles(join(folder, 'absent'))).toEqual([]);
});

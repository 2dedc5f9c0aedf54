import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Program, programOf } from './__fixtures__/run-program';
import { killedRuns, undisturbedRun } from './__fixtures__/training-kills';

let program: Program;
let root: string;
beforeAll(async () => {
  program = await programOf(new URL('./__fixtures__/train-tiny.ts', import.meta.url));
  root = await mkdtemp(join(tmpdir(), 'nano-emox-kills-'));
});
afterAll(() => Promise.all([program.remove(), rm(root, { recursive: true, force: true })]));

const steps = 60;
let whole: string;
beforeAll(async () => {
  whole = await undisturbedRun(program, join(root, 'undisturbed'), steps);
});

it('ends with the same bits after kills at any moment', async () => {
  const { weights, ...seen } = await killedRuns(program, join(root, 'disturbed'), { steps, kills: 6, seed: 11 });
  expect(new Set(weights)).toEqual(new Set([whole]));
  expect(seen).toMatchObject({ kills: 6, damaged: 0 });
  const left = await readdir(join(root, 'disturbed'), { recursive: true });
  expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
}, 60_000);

it.skipIf(process.platform === 'win32')(
  'stops at a full disk, keeps what it has, and continues when there is space',
  async () => {
    const folder = join(root, 'full');
    // A limit of 48 KiB per file stands for the full disk: enough for the first phase, not for the second.
    const limited = spawnSync(
      'bash',
      ['-c', 'ulimit -f 48; exec "$@"', 'bash', process.execPath, program.path, folder, String(steps)],
      { encoding: 'utf8' },
    );
    expect(limited.status).toBe(1);
    expect(limited.stderr).toContain('INVALID_FILE');
    expect(limited.stderr).toContain('free space');
    expect((await readdir(folder)).sort()).toEqual([
      'head.checkpoint.safetensors',
      'head.checkpoint.safetensors.previous',
    ]);
    expect(await undisturbedRun(program, folder, steps)).toBe(whole);
  },
  60_000,
);

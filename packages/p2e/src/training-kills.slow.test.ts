import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { programOf } from './__fixtures__/run-program';
import { killedRuns, undisturbedRun } from './__fixtures__/training-kills';

const KILLS = 200;
const STEPS = 40;

it('two hundred kills while training and writing checkpoints: no torn file, and the bits of an undisturbed run', async () => {
  const program = await programOf(new URL('./__fixtures__/train-tiny.ts', import.meta.url));
  const root = await mkdtemp(join(tmpdir(), 'nano-emox-kills-'));
  const [disturbed, undisturbed] = [join(root, 'disturbed'), join(root, 'undisturbed')];
  try {
    const whole = await undisturbedRun(program, undisturbed, STEPS);
    const { weights, ...seen } = await killedRuns(program, disturbed, { steps: STEPS, kills: KILLS, seed: 2026 });
    expect(new Set(weights)).toEqual(new Set([whole]));
    expect(seen).toMatchObject({ kills: KILLS, damaged: 0 });
    expect(seen.duringStart).toBeGreaterThan(0);
    expect(seen.duringWrite).toBeGreaterThan(0);
    const left = await readdir(disturbed, { recursive: true });
    expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  } finally {
    await Promise.all([program.remove(), rm(root, { recursive: true, force: true })]);
  }
});

import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Program, programOf, type RunningProgram } from '../__fixtures__/run-program';
import { contentOf, countIntact, killRounds } from './__fixtures__/kill-rounds';
import type { FeatureCacheStats } from './feature-cache';

const CLIPS = 48;
let program: Program;
let folder = '';
let reference: Map<string, Buffer>;

beforeAll(async () => {
  program = await programOf(new URL('./__fixtures__/fill-cache.ts', import.meta.url));
  const undisturbed = await mkdtemp(join(tmpdir(), 'nano-emox-undisturbed-'));
  await statsOf(program.start(undisturbed, CLIPS, 0));
  reference = await contentOf(undisturbed);
  await rm(undisturbed, { recursive: true, force: true });
});
afterAll(() => program.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-features-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Waits for the end of a process and returns its last line. */
async function statsOf(running: RunningProgram): Promise<FeatureCacheStats> {
  let last = '{}';
  for await (const line of running.lines) last = line;
  expect(await running.ended).toEqual({ code: 0, errors: '' });
  return JSON.parse(last) as FeatureCacheStats;
}

describe('FeatureCache across processes', { timeout: 120_000 }, () => {
  it('is filled by two at the same time with what one alone would write', async () => {
    const [first, second] = await Promise.all([1, 2].map(() => statsOf(program.start(folder, CLIPS, 3))));
    expect(await contentOf(folder)).toEqual(reference);
    expect(countIntact(reference, CLIPS)).toBe(CLIPS);
    expect([first?.damaged, second?.damaged]).toEqual([0, 0]);
    expect((first?.misses ?? 0) + (second?.misses ?? 0)).toBeGreaterThanOrEqual(CLIPS);
    expect(first?.misses).toBeGreaterThan(0);
    expect(second?.misses).toBeGreaterThan(0);
    expect(await statsOf(program.start(folder, CLIPS, 0))).toMatchObject({ hits: CLIPS, misses: 0, damaged: 0 });
  });

  it('has whole files only, and in the end all of them, when processes are killed', async () => {
    expect(await killRounds(program, folder, CLIPS, 6)).toEqual({ kills: 6, torn: 0 });
    const before = (await contentOf(folder)).size;
    expect(await statsOf(program.start(folder, CLIPS, 0))).toMatchObject({
      hits: before,
      misses: CLIPS - before,
      damaged: 0,
    });
    expect(before).toBeGreaterThan(0);
    expect(await contentOf(folder)).toEqual(reference);
  });

  it.skipIf(process.platform === 'win32')('reports a disk that takes no more, and leaves no part of a file', () => {
    // A limit of 8 KiB per file stands for the full disk: the write itself fails half way. A clip needs about 12.
    const limited = spawnSync(
      'bash',
      ['-c', 'ulimit -f 8; exec "$@"', 'bash', process.execPath, program.path, folder, '4', '0'],
      {
        encoding: 'utf8',
      },
    );
    expect(limited.status).toBe(1);
    expect(limited.stderr).toContain('INVALID_FILE');
    expect(limited.stderr).toContain('free space');
    return expect(contentOf(folder)).resolves.toEqual(new Map());
  });
});

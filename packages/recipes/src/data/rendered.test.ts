import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderTrainingClip } from '@nano-emox/clip-renderer';
import { labelSets } from '@nano-emox/tasks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRendered } from './rendered';

describe('loadRendered', () => {
  let cacheFolder = '';
  beforeAll(async () => {
    cacheFolder = await mkdtemp(join(tmpdir(), 'rendered-'));
  });
  afterAll(() => rm(cacheFolder, { recursive: true }));
  const load = (onProgress?: (ready: number, all: number) => void) =>
    loadRendered({
      cacheFolder,
      size: 16,
      trainCount: 3,
      validationCount: 2,
      testCount: 1,
      threads: 0,
      ...(onProgress && { onProgress }),
    });

  it('keeps what the renderer drew, and reads it back equal from the cache', async () => {
    const progress: number[][] = [];
    const made = await load((...counts) => progress.push(counts));
    expect(progress).toEqual([
      [1, 6],
      [3, 6],
      [6, 6],
    ]);
    const names = await readdir(cacheFolder);
    expect(names.filter((name) => name.endsWith('.part'))).toEqual([]);
    const read = await load();
    for (const index of [0, 1, 2]) {
      const item = read.train.get(index);
      expect(item.truth.emotion).toBe(labelSets.sevenEmotions[index]);
      expect(item.truth).toEqual(JSON.parse(JSON.stringify(made.train.truth(index))));
      const clip = renderTrainingClip(item.truth.seed, { size: 16, emotion: item.truth.emotion });
      expect(Buffer.from(item.frames).equals(Buffer.from(clip.frames))).toBe(true);
      expect(item.samples).toHaveLength(clip.samples.length);
      const error = item.samples.reduce((most, value, at) => Math.max(most, Math.abs(value - clip.samples[at]!)), 0);
      expect(error).toBeLessThan(1 / 32768);
    }
    const seeds = Object.values(read).flatMap((part) =>
      Array.from({ length: part.count }, (_, index) => part.truth(index).seed),
    );
    expect(new Set(seeds).size).toBe(6); // no clip is in two parts
    expect(() => read.train.get(3)).toThrow(/no clip 3/);
  });
});

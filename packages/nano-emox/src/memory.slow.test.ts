import { setTimeout as sleep } from 'node:timers/promises';
import { openExecutor } from '@nano-emox/engine/runtime';
import { afterAll, describe, expect, it } from 'vitest';
import { brief, createTinyModel, sampleClip } from './__fixtures__/tiny-model';

const MEGABYTE = 1024 * 1024;

/** Resident memory after the garbage has had time to go. */
async function residentBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await sleep(50);
  }
  return process.memoryUsage.rss();
}

describe('memory', async () => {
  const executor = await openExecutor({ workers: 1 });
  const model = await createTinyModel({ executor });
  afterAll(async () => {
    await model.dispose();
    await executor.dispose();
  });

  it('does not grow over 200 analyses of an encoded clip', async () => {
    const clip = await model.encode(sampleClip);
    const ask = () => model.analyze(clip, { tasks: ['mer'], sampling: brief });
    for (let run = 0; run < 20; run++) await ask();
    const usage = executor.usage();
    const before = await residentBytes();
    for (let run = 0; run < 200; run++) await ask();
    const growth = (await residentBytes()) - before;
    expect(executor.usage()).toEqual(usage);
    // Keys and values of one answer take some 0.8 MB (6 layers, 130 tokens); keeping them would cost 160 MB.
    expect(growth / MEGABYTE).toBeLessThan(60);
  });

  it('does not grow over 20 analyses of the file', async () => {
    const ask = () => model.analyze(sampleClip, { tasks: ['mer'], sampling: brief });
    for (let run = 0; run < 4; run++) await ask();
    const usage = executor.usage();
    const before = await residentBytes();
    for (let run = 0; run < 20; run++) await ask();
    const growth = (await residentBytes()) - before;
    expect(executor.usage()).toEqual(usage);
    // Decoders and the face detector work in native memory, whose high-water mark varies; a leak of one run's pictures alone
    // (96 frames of 320 × 320) would cost 30 MB a run.
    expect(growth / MEGABYTE).toBeLessThan(120);
  });
});

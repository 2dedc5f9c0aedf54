import { openExecutor } from '@nano-emox/engine/runtime';
import { afterAll, describe, expect, it } from 'vitest';
import { brief, createTinyModel, sampleClip } from './__fixtures__/tiny-model';

// The long version, with many more runs, is memory.slow.test.ts.
describe('memory', async () => {
  const executor = await openExecutor({ workers: 1 });
  const model = await createTinyModel({ executor });
  afterAll(async () => {
    await model.dispose();
    await executor.dispose();
  });

  it('does not grow over 30 analyses, and no cache stays open', async () => {
    const clip = await model.encode(sampleClip);
    const ask = () => model.analyze(clip, { tasks: ['mer'], sampling: brief });
    for (let run = 0; run < 5; run++) await ask();
    const usage = executor.usage();
    expect(usage.states).toBe(0);
    const before = process.memoryUsage.rss();
    for (let run = 0; run < 30; run++) await ask();
    expect(executor.usage()).toEqual(usage);
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(50);
  });
});

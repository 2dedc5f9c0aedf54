import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { programOf } from '../__fixtures__/run-program';
import { contentOf, countIntact, killRounds } from './__fixtures__/kill-rounds';

const KILLS = 200;
const CLIPS = 1600;

it('two hundred kills while caching: no torn file, and the bits of an undisturbed run', async () => {
  const program = await programOf(new URL('./__fixtures__/fill-cache.ts', import.meta.url));
  const root = await mkdtemp(join(tmpdir(), 'nano-emox-kills-'));
  const [disturbed, undisturbed] = [join(root, 'disturbed'), join(root, 'undisturbed')];
  try {
    expect(await killRounds(program, disturbed, CLIPS, KILLS)).toEqual({ kills: KILLS, torn: 0 });
    const survivors = (await contentOf(disturbed)).size;
    for (const folder of [disturbed, undisturbed]) {
      const running = program.start(folder, CLIPS, 0);
      for await (const _ of running.lines);
      expect(await running.ended).toEqual({ code: 0, errors: '' });
    }
    const content = await contentOf(disturbed);
    expect(content).toEqual(await contentOf(undisturbed));
    expect([content.size, countIntact(content, CLIPS)]).toEqual([CLIPS, CLIPS]);
    expect(survivors).toBeGreaterThan(KILLS);
  } finally {
    await Promise.all([program.remove(), rm(root, { recursive: true, force: true })]);
  }
});

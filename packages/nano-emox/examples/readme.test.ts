import { readFileSync } from 'node:fs';
import { format } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { hasTrainedModel } from '../src/__fixtures__/tiny-model';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8').trim();
const readme = read('../README.md');

/** Runs an example; what it prints, line by line. */
async function printedBy(run: () => Promise<unknown>): Promise<readonly string[]> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((...values) => void lines.push(format(...values)));
  await run();
  vi.restoreAllMocks();
  return lines;
}

it.each(['analyze-clip.ts', 'emotion-timeline.ts'])('the README shows %s as it is', (file) => {
  const example = read(file).replace(/^\/\/ biome-ignore.*\n/, '');
  expect(readme).toContain(`\`\`\`ts\n${example}\n\`\`\``);
});

// What a model of other weights answers is its own affair; how the answers look is not.
describe.skipIf(!hasTrainedModel)(
  'and what the examples print (skipped while packages/weights-tiny has no trained model)',
  () => {
    it('analyze-clip', async () => {
      const lines = await printedBy(() => import('./analyze-clip'));
      expect(lines[0]).toBe('read: frame, face, audio, multi and words; face in 8 frames');
      expect(lines[1]).toMatch(/^mer /);
      expect(lines[2]).toMatch(/^ovMer /);
      expect(lines[3]).toBe('MISSING_FILE');
      expect(readme).toContain(lines[0]);
    });

    it('emotion-timeline', async () => {
      const lines = await printedBy(() => import('./emotion-timeline'));
      expect(lines).toHaveLength(8);
      for (const line of lines) expect(line).toMatch(/^\d\.\d–\d\.\d s [a-z]+ \d+ % frame, face, audio, multi$/);
      const times = (text: string) => text.match(/\d\.\d–\d\.\d s/g);
      expect(times(readme)).toEqual(times(lines.join('\n')));
    });
  },
);

import { readFileSync } from 'node:fs';
import { format } from 'node:util';
import { expect, it, vi } from 'vitest';
import { hasTrainedModel } from '../src/__fixtures__/tiny-model';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8').trim();
const readme = read('../README.md');
const example = read('analyze-clip.ts').replace(/^\/\/ biome-ignore.*\n/, '');

it('the README shows the example as it is', () => {
  expect(readme).toContain(`\`\`\`ts\n${example}\n\`\`\``);
});

it.skipIf(!hasTrainedModel)(
  'and what it prints (skipped while packages/weights-tiny has no trained model)',
  async () => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((...values) => void lines.push(format(...values)));
    await import('./analyze-clip');
    vi.restoreAllMocks();
    // What a model of other weights answers is its own affair; how the answers look is not.
    expect(lines[0]).toBe('read: frame, face, audio, multi and words; face in 8 frames');
    expect(lines[1]).toMatch(/^mer /);
    expect(lines[2]).toMatch(/^ovMer /);
    expect(lines[3]).toBe('MISSING_FILE');
    expect(readme).toContain(lines[0]);
  },
);

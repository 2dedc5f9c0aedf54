import { readFileSync } from 'node:fs';
import { format } from 'node:util';
import { expect, it, vi } from 'vitest';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8').trim();
/** For busy machines. */
const TIMEOUT_MS = 240_000;

it('the README shows the example as it is and prints what it prints', { timeout: TIMEOUT_MS }, async () => {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((...values) => void lines.push(format(...values)));
  await import('./train-on-my-clips');
  vi.restoreAllMocks();
  const readme = read('../README.md');
  const example = read('train-on-my-clips.ts').replace(/^\/\/ biome-ignore.*\n/, '');
  expect(readme).toContain(`\`\`\`ts\n${example}\n\`\`\``);
  expect(readme).toContain(`\`\`\`text\n${lines.join('\n').trim()}\n\`\`\``);
});

import { readFileSync } from 'node:fs';
import { format } from 'node:util';
import { expect, it, vi } from 'vitest';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8').trim();

it('the README shows the example as it is and prints what it prints', async () => {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((...values) => void lines.push(format(...values)));
  await import('./attend-evenly');
  vi.restoreAllMocks();
  const readme = read('../README.md');
  const example = read('attend-evenly.ts').replace(/^\/\/ biome-ignore.*\n/, '');
  expect(readme).toContain(`\`\`\`ts\n${example}\n\`\`\``);
  expect(readme).toContain(`\`\`\`text\n${lines.join('\n')}\n\`\`\``);
});

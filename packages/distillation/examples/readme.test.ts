import { readFileSync } from 'node:fs';
import { format } from 'node:util';
import { expect, it, vi } from 'vitest';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8').trim();

it.each([
  ['distill', () => import('./distill')],
  ['write-instructions', () => import('./write-instructions')],
] as const)('the README shows the example %s as it is and prints what it prints', async (name, run) => {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((...values) => void lines.push(format(...values)));
  await run();
  vi.restoreAllMocks();
  const readme = read('../README.md');
  const example = read(`${name}.ts`).replace(/^\/\/ biome-ignore.*\n/, '');
  expect(readme).toContain(`\`\`\`ts\n${example}\n\`\`\``);
  expect(readme).toContain(`\`\`\`text\n${lines.join('\n').trim()}\n\`\`\``);
});

import { readFileSync } from 'node:fs';
import { format } from 'node:util';
import { expect, it, vi } from 'vitest';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8').trim();

it.each([
  ['train-a-layer', () => import('./train-a-layer')],
  ['open-a-checkpoint', () => import('./open-a-checkpoint')],
] as const)('the README shows %s as it is and prints what it prints', async (name, run) => {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((...values) => void lines.push(format(...values)));
  await run();
  vi.restoreAllMocks();
  const readme = read('../README.md');
  const example = read(`${name}.ts`).replace(/^\/\/ biome-ignore.*\n/, '');
  expect(readme).toContain(`\`\`\`ts\n${example}\n\`\`\``);
  expect(readme).toContain(`\`\`\`text\n${lines.join('\n')}\n\`\`\``);
});

import { readFileSync } from 'node:fs';
import { format } from 'node:util';
import { expect, it, vi } from 'vitest';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8').trim();

it.each(['read-an-answer', 'read-a-data-set', 'score-predictions'])(
  'the README shows %s as it is, and what it prints',
  async (name) => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((...values) => void lines.push(format(...values)));
    await import(`./${name}.ts`);
    vi.restoreAllMocks();
    const readme = read('../README.md');
    const example = read(`${name}.ts`).replace(/^\/\/ biome-ignore.*\n/, '');
    expect(readme).toContain(`\`\`\`ts\n${example}\n\`\`\``);
    expect(readme).toContain(`\`\`\`text\n${lines.join('\n')}\n\`\`\``);
  },
  20_000,
); // the first import of the sources compiles them

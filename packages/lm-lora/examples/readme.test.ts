import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { expect, it, vi } from 'vitest';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8').trim();
const readme = read('../README.md');

const shared = process.env.NANO_EMOX_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const folder = join(shared, 'lm', 'stories260k');

it('the README shows the example as it is', () => {
  const example = read('tell-a-story.ts').replace(/^\/\/ biome-ignore.*\n/, '');
  expect(readme).toContain(`\`\`\`ts\n${example}\n\`\`\``);
});

it.skipIf(!existsSync(folder))(
  'the README prints what the example prints (needs the shared data: stories260k)',
  async () => {
    const lines: string[] = [];
    vi.stubEnv('STORIES_FOLDER', folder);
    vi.spyOn(console, 'log').mockImplementation((...values) => void lines.push(format(...values)));
    await import('./tell-a-story');
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    expect(readme).toContain(`\`\`\`text\n${lines.join('\n')}\n\`\`\``);
  },
);

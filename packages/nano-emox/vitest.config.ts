import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const slow = process.env.NANO_EMOX_SLOW === '1';
const source = (file: string) => fileURLToPath(new URL(`src/${file}`, import.meta.url));

export default defineConfig({
  // The examples import the package by its name, as a user does; tests read the sources, not a stale build.
  resolve: {
    alias: [
      { find: /^nano-emox$/, replacement: source('index.ts') },
      { find: /^nano-emox\/sample-clip$/, replacement: source('sample-clip.ts') },
      { find: /^nano-emox\/convert$/, replacement: source('convert/index.ts') },
      { find: /^nano-emox\/training$/, replacement: source('training/index.ts') },
    ],
  },
  test: {
    include: slow ? ['src/**/*.slow.test.ts'] : ['{src,examples}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', ...(slow ? [] : ['**/*.slow.test.ts'])],
    pool: 'forks', // native runtimes do not survive being loaded into several worker threads of one process
    maxWorkers: 1, // each file opens the whole model
    testTimeout: slow ? 3_600_000 : 180_000,
    hookTimeout: slow ? 3_600_000 : 180_000,
    includeTaskLocation: true,
  },
});

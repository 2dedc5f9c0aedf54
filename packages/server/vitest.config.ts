import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const slow = process.env.NANO_EMOX_SLOW === '1';

export default defineConfig({
  // The example imports the package by its name, as a user does; tests read the sources, not a stale build.
  resolve: {
    alias: [
      { find: /^@nano-emox\/server$/, replacement: fileURLToPath(new URL('src/index.ts', import.meta.url)) },
      {
        find: /^@nano-emox\/server\/protocol$/,
        replacement: fileURLToPath(new URL('src/protocol.ts', import.meta.url)),
      },
    ],
  },
  test: {
    include: slow ? ['src/**/*.slow.test.ts'] : ['{src,examples}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', ...(slow ? [] : ['**/*.slow.test.ts'])],
    passWithNoTests: slow, // it has no slow ones
    pool: 'forks', // native runtimes do not survive being loaded into several worker threads of one process
    maxWorkers: 1, // files that open the whole model
    testTimeout: 60_000,
    hookTimeout: 60_000,
    includeTaskLocation: true,
  },
});

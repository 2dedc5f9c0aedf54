import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    pool: 'forks', // native runtimes do not survive being loaded into several worker threads of one process
    maxWorkers: 1, // files that open the whole model, and a browser
    testTimeout: 60_000,
    hookTimeout: 60_000,
    includeTaskLocation: true,
  },
});

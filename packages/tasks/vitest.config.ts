import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url));

export default defineConfig({
  // The examples import the package by its name, as a user does; tests read the sources, not a stale build.
  resolve: {
    alias: {
      '@nano-emox/tasks/datasets': source('datasets/index.ts'),
      '@nano-emox/tasks/metrics': source('metrics/index.ts'),
      '@nano-emox/tasks': source('index.ts'),
    },
  },
  test: { typecheck: { enabled: true, include: ['src/**/*.test-d.ts'] } },
});

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  // The examples import the package by its name, as a user does; tests read the sources, not a stale build.
  resolve: {
    alias: [
      { find: /^@nano-emox\/lm-lora$/, replacement: source('src/index.ts') },
      { find: '@nano-emox/lm-lora/llama2c', replacement: source('src/llama2c/index.ts') },
    ],
  },
  // Native runtimes do not survive being loaded into several worker threads of one process.
  test: { include: ['{src,examples}/**/*.test.ts'], pool: 'forks', testTimeout: 30_000, hookTimeout: 60_000 },
});

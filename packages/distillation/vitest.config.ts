import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The examples import the package by its name, as a user does; tests read the sources, not a stale build.
  resolve: { alias: { '@nano-emox/distillation': fileURLToPath(new URL('src/index.ts', import.meta.url)) } },
  // Native runtimes do not survive being loaded into several worker threads of one process.
  test: { include: ['{src,examples}/**/*.test.ts'], pool: 'forks', testTimeout: 30_000, hookTimeout: 60_000 },
});

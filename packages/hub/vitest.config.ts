import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The example imports the package by its name, as a user does; tests read the sources, not a stale build.
  resolve: { alias: { '@nano-emox/hub': fileURLToPath(new URL('src/index.ts', import.meta.url)) } },
  test: { include: ['{src,examples}/**/*.test.ts'], pool: 'forks', testTimeout: 60_000, hookTimeout: 60_000 },
});

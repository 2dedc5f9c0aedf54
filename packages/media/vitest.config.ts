import { configDefaults, defineConfig } from 'vitest/config';

const slow = process.env.NANO_EMOX_SLOW === '1';

export default defineConfig({
  test: {
    exclude: [...configDefaults.exclude, ...(slow ? [] : ['**/*.slow.test.ts'])],
    testTimeout: slow ? 3_600_000 : 20_000,
    // Decoders bring their own threads.
    maxWorkers: 2,
  },
});

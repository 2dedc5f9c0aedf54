import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, sep } from 'node:path';
import { defineConfig } from 'vitest/config';
import { listPackages } from './scripts/lib/workspace.mjs';

const slow = process.env.NANO_EMOX_SLOW === '1';

/**
 * The one test configuration. Vitest finds it from the root and from inside any package; there it runs that package alone.
 * A package that needs more brings a `vitest.config.ts` of its own.
 */
const packages = listPackages().filter(
  ({ path, folder }) => existsSync(join(path, 'src')) || folder.startsWith('examples/'),
);
const current = packages.filter(({ path }) => {
  const fromPackage = relative(path, process.cwd());
  return fromPackage !== '..' && !fromPackage.startsWith(`..${sep}`);
});

export default defineConfig({
  test: {
    include: slow ? ['src/**/*.slow.test.ts'] : ['{src,examples}/**/*.test.ts', 'readme.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', ...(slow ? [] : ['**/*.slow.test.ts'])],
    pool: 'forks', // native runtimes do not survive being loaded into several worker threads of one process
    maxWorkers: Math.min(availableParallelism(), 4), // each fork runs ONNX Runtime with threads of its own
    testTimeout: slow ? 3_600_000 : 30_000,
    hookTimeout: slow ? 3_600_000 : 60_000,
    includeTaskLocation: true, // so that a skipped test can be reported with the condition that skipped it
    projects: (current.length > 0 ? current : packages).map(({ path, name }) =>
      existsSync(join(path, 'vitest.config.ts')) ? path : { extends: true as const, root: path, test: { name } },
    ),
  },
});

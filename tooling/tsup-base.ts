import type { Options } from 'tsup';

/** The one build recipe of every package: ESM, declarations, source maps, Node 20. */
export function packageBuild(entry: Record<string, string>, overrides: Options = {}): Options {
  return {
    entry,
    format: ['esm'],
    target: 'node20',
    dts: true,
    sourcemap: true,
    clean: true,
    splitting: true,
    treeshake: false,
    skipNodeModulesBundle: true,
    ...overrides,
  };
}

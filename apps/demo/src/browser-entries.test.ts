import { createRequire, isBuiltin } from 'node:module';
import { dirname } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { describe, expect, it } from 'vitest';

/** From here the entries resolve as they do for somebody who installed the face encoder. */
const resolveDir = dirname(createRequire(import.meta.url).resolve('@nano-emox/face-encoder/package.json'));

/** Modules of Node that a bundler meets on the way from `entry`, the packages of others included, and who asks for them. */
async function nodeModulesBehind(entry: string): Promise<string[]> {
  const found: string[] = [];
  const watch: Plugin = {
    name: 'watch-node-modules',
    setup({ onResolve }) {
      onResolve({ filter: /.*/ }, ({ path, importer }) => {
        if (!isBuiltin(path)) return undefined;
        found.push(`${path} from ${importer}`);
        return { path, external: true };
      });
    },
  };
  const { outputFiles } = await build({
    stdin: { contents: `export * from '${entry}'`, resolveDir },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    logLevel: 'silent',
    plugins: [watch],
  });
  expect(outputFiles[0]?.contents.length).toBeGreaterThan(1000);
  return found;
}

describe('bundled for a browser', () => {
  it.each([
    '@nano-emox/tensor-contract',
    '@nano-emox/engine',
    '@nano-emox/engine/runtime',
    '@nano-emox/engine/weights',
    '@nano-emox/engine/onnxruntime-web',
    '@nano-emox/engine/reference',
    '@nano-emox/face-encoder',
  ])('%s reaches no module of Node', async (entry) => {
    expect(await nodeModulesBehind(entry)).toEqual([]);
  });

  it('an entry for Node is found out', async () => {
    const found = await nodeModulesBehind('@nano-emox/engine/checkpoints');
    expect(found).toContainEqual(expect.stringMatching(/^(node:)?crypto from /));
  });
});

import { createRequire } from 'node:module';
import { defineConfig } from 'tsup';
import { packageBuild } from '../../tooling/tsup-base';

/** The WebAssembly that the encoder of the live page runs on; its script looks for it beside itself. */
const wasm = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');

export default defineConfig([
  packageBuild({ main: 'src/server/main.ts' }, { outDir: 'dist/server', dts: false }),
  packageBuild(
    {
      page: 'src/page/main.ts',
      live: 'src/page/live/live.ts',
      'live-worker': 'src/page/live/encoder-worker.ts',
      style: 'src/page/style/style.css',
      'ort-wasm-simd-threaded': wasm,
    },
    {
      outDir: 'dist/page',
      publicDir: 'src/page/static',
      platform: 'browser',
      target: 'es2022',
      dts: false,
      minify: true,
      sourcemap: false,
      skipNodeModulesBundle: false,
      noExternal: [/./],
      loader: { '.woff2': 'file', '.wasm': 'copy' },
      esbuildOptions(options) {
        // The build without graphics processors: half the size, and the page asks for WebAssembly alone.
        options.alias = { 'onnxruntime-web': 'onnxruntime-web/wasm' };
        options.logOverride = { 'ignored-bare-import': 'silent' }; // packages without side effects, as they say
      },
    },
  ),
]);

import { defineConfig } from 'tsup';
import { packageBuild } from '../../tooling/tsup-base';

export default defineConfig([
  packageBuild({ main: 'src/server/main.ts' }, { outDir: 'dist/server', dts: false }),
  packageBuild(
    { page: 'src/page/main.ts', style: 'src/page/style/style.css' },
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
      loader: { '.woff2': 'file' },
    },
  ),
]);

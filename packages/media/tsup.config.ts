import { defineConfig } from 'tsup';
import { packageBuild } from '../../tooling/tsup-base';

// The detection worker is an entry of its own, found beside index.js at run time.
export default defineConfig(
  packageBuild(
    { index: 'src/index.ts', 'face-detector-worker': 'src/faces/face-detector-worker.js' },
    { dts: { entry: { index: 'src/index.ts' } } },
  ),
);

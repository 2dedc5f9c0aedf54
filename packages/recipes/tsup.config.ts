import { defineConfig } from 'tsup';
import { packageBuild } from '../../tooling/tsup-base';

export default defineConfig(
  packageBuild({ index: 'src/index.ts', scores: 'src/scores.ts', 'render-worker': 'src/data/render-worker.ts' }),
);

import { defineConfig } from 'tsup';
import { packageBuild } from '../tsup-base';

export default defineConfig(packageBuild({ compare: 'src/compare.ts', train: 'src/train.ts' }));

import { defineConfig } from 'tsup';
import { packageBuild } from '../../tooling/tsup-base';

export default defineConfig(
  packageBuild({
    index: 'src/index.ts',
    'sample-clip': 'src/sample-clip.ts',
    training: 'src/training/index.ts',
    convert: 'src/convert/index.ts',
  }),
);

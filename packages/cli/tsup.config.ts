import { defineConfig } from 'tsup';
import { packageBuild } from '../../tooling/tsup-base';

export default defineConfig(
  packageBuild({
    index: 'src/index.ts',
    main: 'src/main.ts',
    'probe-executor': 'src/doctor/probe-executor.ts',
  }),
);

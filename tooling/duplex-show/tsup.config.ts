import { defineConfig } from 'tsup';
import { packageBuild } from '../tsup-base';

export default defineConfig(packageBuild({ show: 'src/show.ts' }));

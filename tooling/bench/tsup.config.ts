import { defineConfig } from 'tsup';
import { packageBuild } from '../tsup-base';

export default defineConfig(
  packageBuild({
    index: 'src/index.ts',
    'tfjs-peer': 'src/training/tfjs/peer.ts',
    'emotion-peer': 'src/emotion/peer.ts',
    'epochs-peer': 'src/epochs/peer.ts',
    'paper-model-peer': 'src/paper/paper-model-peer.ts',
    'llama-cpp-peer': 'src/paper/llama-cpp-peer.ts',
  }),
);

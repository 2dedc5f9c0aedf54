import { defineConfig } from 'tsup';
import { packageBuild } from '../tsup-base';

export default defineConfig(
  packageBuild({
    index: 'src/index.ts',
    'tfjs-peer': 'src/training/tfjs/peer.ts',
    'emotion-peer': 'src/emotion/peer.ts',
    'epochs-peer': 'src/epochs/peer.ts',
    'language-model-peer': 'src/paper/language-model-peer.ts',
    'llama-cpp-peer': 'src/paper/llama-cpp-peer.ts',
  }),
);

import { defineConfig } from 'tsup';
import { packageBuild } from '../../tooling/tsup-base';

export default defineConfig(
  packageBuild({
    index: 'src/index.ts',
    runtime: 'src/runtime/node.ts',
    'runtime-browser': 'src/runtime/browser.ts',
    training: 'src/training/index.ts',
    weights: 'src/weights/index.ts',
    'weights-browser': 'src/weights/browser.ts',
    checkpoints: 'src/checkpoints/index.ts',
    testing: 'src/testing/index.ts',
    reference: 'src/executors/reference/index.ts',
    'onnxruntime-node': 'src/executors/onnxruntime-node/index.ts',
    'onnxruntime-worker': 'src/executors/onnxruntime-node/worker.ts',
    'onnxruntime-web': 'src/executors/onnxruntime-web/index.ts',
    tensorflow: 'src/executors/tensorflow/index.ts',
  }),
);

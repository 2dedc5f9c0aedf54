import { add, defineModule, type Executor } from '@nano-emox/engine';
import { openOnnxRuntimeNode } from '@nano-emox/engine/onnxruntime-node';
import { openOnnxRuntimeWeb } from '@nano-emox/engine/onnxruntime-web';
import { createComponent } from '@nano-emox/engine/runtime';
import { openTensorFlow } from '@nano-emox/engine/tensorflow';
import { f32, floatTensor } from '@nano-emox/tensor-contract';
import { describeError } from '../print-error';
import type { ExecutorName } from './executor-names';

// A program of its own: a native library that ends the process ends this one, not the doctor.

const openers: Readonly<Record<ExecutorName, () => Promise<Executor>>> = {
  'onnxruntime-node cpu': () => openOnnxRuntimeNode({ device: 'cpu', threads: 1, workers: 0 }),
  'onnxruntime-node cuda': () => openOnnxRuntimeNode({ device: 'cuda', threads: 1, workers: 0 }),
  'onnxruntime-node webgpu': () => openOnnxRuntimeNode({ device: 'webgpu', threads: 1, workers: 0 }),
  'onnxruntime-web wasm': () => openOnnxRuntimeWeb(),
  'tensorflow.js node-gpu': () => openTensorFlow({ build: 'node-gpu' }),
  'tensorflow.js node': () => openTensorFlow({ build: 'node' }),
  'tensorflow.js wasm': () => openTensorFlow({ build: 'wasm' }),
};

/** The smallest graph that shows that something is computed. */
const sum = defineModule({
  name: 'sum',
  inputs: () => ({ x: f32('count') }),
  outputs: () => ({ doubled: f32('count') }),
  forward: ({ x }) => ({ doubled: add(x, x) }),
});

async function probe(name: ExecutorName): Promise<string> {
  const executor = await openers[name]();
  try {
    const definition = { type: 'sum', module: sum, resolveConfig: () => ({}) };
    const component = await createComponent(definition, {}, { executor });
    const { doubled } = await component.run({ x: floatTensor(Float32Array.of(1, 2, 4), [3]) });
    if (String(doubled?.data) !== '2,4,8') throw new Error(`it computed ${doubled?.data} instead of 2,4,8`);
    return executor.device;
  } finally {
    await executor.dispose();
  }
}

const outcome = await probe(process.argv[2] as ExecutorName).then(
  (device) => ({ device }),
  (error: unknown) => ({ error: describeError(error) }),
);
// What libraries print goes to the same stream; the answer is the last line.
process.stdout.write(`\n${JSON.stringify(outcome)}\n`);

import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { Executor, GraphSource, LoadOptions, ModelSource } from '../executor';
import { LocalExecutor } from '../shared/local-executor';
import { loadTensorFlow, type TensorFlowBuild } from './load-tensorflow';
import { TensorFlowHost } from './tensorflow-host';

export type { TensorFlowBuild } from './load-tensorflow';

export interface TensorFlowOptions {
  /** Package to use: `@tensorflow/tfjs-node-gpu`, `tfjs-node`, or `tfjs-core` with `tfjs-backend-wasm`. @default 'auto', the first of these that works */
  readonly build?: 'auto' | TensorFlowBuild;
}

/**
 * Opens TensorFlow.js, which runs the same graphs node by node; it computes in float32, int32 and bool. It works in the
 * caller's thread, and gives the event loop a turn every 20 ms.
 * @throws MissingDependencyError with what was tried and what to install
 */
export async function openTensorFlow({ build = 'auto' }: TensorFlowOptions = {}): Promise<Executor> {
  const loaded = await loadTensorFlow(build);
  const label = `tensorflow.js ${loaded.tf.version_core} ${loaded.build}`;
  return new LocalExecutor(label, loaded.skipped, new TensorFlowHost(loaded.tf), requireGraph);
}

function requireGraph(source: ModelSource, { name, precision = 'float32' }: LoadOptions): GraphSource {
  if (precision !== 'float32') {
    throw new InvalidArgumentError({
      message: `${name}: TensorFlow.js computes in float32, not in ${precision}`,
      hint: 'Leave precision out, or use a device of ONNX Runtime.',
      argument: 'precision',
    });
  }
  if ('graph' in source) return source;
  throw new InvalidArgumentError({
    message: `${name}: TensorFlow.js runs graphs, not ONNX models`,
    hint: 'Load { graph, weights }, or use a device of ONNX Runtime.',
    argument: 'source',
  });
}

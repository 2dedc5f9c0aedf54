/** Runtimes that are tried, the usual ones first. */
export const executorNames = [
  'onnxruntime-node cpu',
  'onnxruntime-node cuda',
  'onnxruntime-node webgpu',
  'onnxruntime-web wasm',
  'tensorflow.js node-gpu',
  'tensorflow.js node',
  'tensorflow.js wasm',
] as const;
export type ExecutorName = (typeof executorNames)[number];

import { NanoEmoxError } from '@nano-emox/tensor-contract';
import type { Executor } from '../executors/executor';
import { openOnnxRuntimeNode } from '../executors/onnxruntime-node';
import { openOnnxRuntimeWeb } from '../executors/onnxruntime-web';
import { openTensorFlow } from '../executors/tensorflow';
import { loadModelFolder, openModelFolder, saveModelFolder } from '../weights/model-folder';
import { createRuntime } from './component-handle';
import type { ExecutorOptions } from './platform';

/** The native runtime, or WebAssembly with a warning where the native binding cannot be loaded; TensorFlow.js when named. */
async function openForNode({ device = 'auto', threads, workers, spin = true }: ExecutorOptions): Promise<Executor> {
  const sizes = { ...(threads !== undefined && { threads }), ...(workers !== undefined && { workers }) };
  if (device === 'wasm') return openOnnxRuntimeWeb(sizes);
  if (device === 'tfjs') return openTensorFlow();
  if (device !== 'auto') return openOnnxRuntimeNode({ device, spin, ...sizes });
  try {
    return await openOnnxRuntimeNode({ spin, ...sizes });
  } catch (error) {
    if (!NanoEmoxError.isInstance(error) || error.code !== 'MISSING_DEPENDENCY') throw error;
    const executor = await openOnnxRuntimeWeb(sizes);
    const warnings = [`The native runtime is not used, WebAssembly is several times slower: ${error.message}`];
    return Object.assign(executor, { warnings });
  }
}

export const { createComponent, componentFromWeights, loadComponent, readModelFolder, writeModelFolder, openExecutor } =
  createRuntime({
    openExecutor: openForNode,
    readFolder: loadModelFolder,
    openFolder: openModelFolder,
    writeFolder: saveModelFolder,
  });

export {
  type CompiledModel,
  clearCompiledModels,
  compiledModelsFolder,
  listCompiledModels,
} from '../executors/onnxruntime-node/compiled-models';
export { cacheFolder } from '../weights/cache-folder';
export { Component } from './component';
export {
  type ComponentDefinition,
  type ComponentHandle,
  type ComponentOptions,
  type ComponentRunOptions,
  FORMAT_VERSION,
  floatResult,
} from './component-handle';
export type { ExecutorOptions, ModelFolder, SaveOptions, WeightStorage } from './platform';

import type { Device, Executor } from '../executors/executor';
import { openOnnxRuntimeNode } from '../executors/onnxruntime-node';
import { hasCudaLibraries } from '../executors/onnxruntime-node/binding';
import { openOnnxRuntimeWeb } from '../executors/onnxruntime-web';
import { openTensorFlow } from '../executors/tensorflow';
import { loadModelFolder, openModelFolder, saveModelFolder } from '../weights/model-folder';
import { createRuntime } from './component-handle';
import { openFirst } from './open-first';
import type { ExecutorOptions } from './platform';

async function openForNode(options: ExecutorOptions): Promise<Executor> {
  const { device = 'auto' } = options;
  if (device !== 'auto') return openDevice(device, options);
  // WebGPU comes with the binding but writes to standard error when there is none: it has to be asked for.
  return openFirst(hasCudaLibraries() ? ['cuda', 'cpu', 'wasm'] : ['cpu', 'wasm'], (name) => openDevice(name, options));
}

async function openDevice(device: Exclude<Device, 'auto'>, options: ExecutorOptions): Promise<Executor> {
  const { threads, workers, spin = true } = options;
  const sizes = { ...(threads !== undefined && { threads }), ...(workers !== undefined && { workers }) };
  if (device === 'wasm') return openOnnxRuntimeWeb(sizes);
  if (device === 'tfjs') return openTensorFlow();
  return openOnnxRuntimeNode({ device, spin, ...sizes });
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

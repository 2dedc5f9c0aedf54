import {
  DeviceUnavailableError,
  InvalidArgumentError,
  MissingFileError,
  type RunOptions,
  throwIfAborted,
} from '@nano-emox/tensor-contract';
import { openOnnxRuntimeWeb } from '../executors/onnxruntime-web';
import { CONFIG_FILE, requireModelConfig } from '../weights/model-config';
import { parseJson } from '../weights/parse-json';
import { decodeSafetensors } from '../weights/safetensors-codec';
import { createRuntime } from './component-handle';
import type { ModelFolder } from './platform';

async function fetchBytes(url: string, { signal }: RunOptions): Promise<Uint8Array> {
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throwIfAborted(signal, `loading ${url}`);
    throw new MissingFileError({
      message: `${url}: ${(error as Error).message}`,
      hint: 'Check the address of the model folder.',
      path: url,
      cause: error,
    });
  }
}

/** As `loadModelFolder` reads it from a disk. */
async function fetchFolder(folder: string, options: RunOptions): Promise<ModelFolder> {
  const [configUrl, weightsUrl] = [`${folder}/${CONFIG_FILE}`, `${folder}/model.safetensors`];
  const config = requireModelConfig(parseJson(await fetchBytes(configUrl, options), configUrl), configUrl);
  return { config, weights: decodeSafetensors(await fetchBytes(weightsUrl, options), weightsUrl).tensors };
}

export const { createComponent, componentFromWeights, loadComponent, readModelFolder, writeModelFolder, openExecutor } =
  createRuntime({
    openExecutor: async ({ device = 'auto', threads }) => {
      if (device === 'cpu' || device === 'cuda' || device === 'tfjs') {
        throw new DeviceUnavailableError({
          message: `device ${device} does not exist in a browser`,
          hint: 'Use "auto", "wasm" or "webgpu".',
          device,
        });
      }
      return openOnnxRuntimeWeb({
        device: device === 'webgpu' ? 'webgpu' : 'wasm',
        ...(threads !== undefined && { threads }),
      });
    },
    readFolder: fetchFolder,
    openFolder: fetchFolder,
    writeFolder: async (folder) => {
      throw new InvalidArgumentError({
        message: `a browser cannot write the folder ${folder}`,
        hint: 'Save models under Node.',
        argument: 'folder',
      });
    },
  });

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

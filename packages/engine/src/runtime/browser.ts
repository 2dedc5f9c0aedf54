import { DeviceUnavailableError, InvalidArgumentError, MissingFileError } from '@nano-emox/tensor-contract';
import { openOnnxRuntimeWeb } from '../executors/onnxruntime-web';
import { decodeSafetensors } from '../weights/safetensors-codec';
import { createRuntime } from './component-handle';

async function fetchBytes(url: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const response = await fetch(url, signal ? { signal } : {});
  if (!response.ok) {
    throw new MissingFileError({
      message: `${url}: the server answered ${response.status}`,
      hint: 'Check the address of the model folder.',
      path: url,
    });
  }
  return new Uint8Array(await response.arrayBuffer());
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
    readFolder: async (folder, { signal }) => {
      const config = JSON.parse(new TextDecoder().decode(await fetchBytes(`${folder}/config.json`, signal))) as Record<
        string,
        unknown
      >;
      const path = `${folder}/model.safetensors`;
      return { config, weights: decodeSafetensors(await fetchBytes(path, signal), path).tensors };
    },
    writeFolder: async (folder) => {
      throw new InvalidArgumentError({
        message: `a browser cannot write the folder ${folder}`,
        hint: 'Save models under Node.',
        argument: 'folder',
      });
    },
  });

export {
  type ComponentDefinition,
  type ComponentHandle,
  type ComponentOptions,
  FORMAT_VERSION,
  floatResult,
} from './component-handle';
export type { ExecutorOptions, ModelFolder, SaveOptions, WeightStorage } from './platform';

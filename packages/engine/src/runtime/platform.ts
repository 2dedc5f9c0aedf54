import type { HostTensor, RunOptions } from '@nano-emox/tensor-contract';
import type { Device, Executor } from '../executors/executor';

/** How weights are stored on disk; values in memory are always float32. */
export type WeightStorage = 'float32' | 'float16' | 'bfloat16' | 'int8';

export interface ExecutorOptions {
  /** @default 'auto' */
  readonly device?: Device;
  /** Threads of one run. @default all the process may use */
  readonly threads?: number;
  /** Worker threads; 0 runs in the caller's thread and blocks its event loop. @default 1 */
  readonly workers?: number;
  /**
   * Whether idle threads of the native runtime wait for work spinning: wakes them sooner, and takes a core from whatever else
   * the process does. @default true
   */
  readonly spin?: boolean;
}

/** A model folder in memory: `config.json` and `model.safetensors`. */
export interface ModelFolder {
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights: ReadonlyMap<string, HostTensor>;
}

export interface SaveOptions extends RunOptions {
  /** Storage of each tensor. @default float32 */
  readonly storage?: (name: string, dims: readonly number[]) => WeightStorage;
}

/** What differs between Node and a browser. */
export interface Platform {
  openExecutor(options: ExecutorOptions): Promise<Executor>;
  readFolder(folder: string, options: RunOptions): Promise<ModelFolder>;
  /** As `readFolder`; values of large weights may be read when they are asked for. */
  openFolder(folder: string, options: RunOptions): Promise<ModelFolder>;
  writeFolder(folder: string, model: ModelFolder, options: SaveOptions): Promise<void>;
}

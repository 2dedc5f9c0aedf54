import type { HostTensor, RunOptions } from '@nano-emox/tensor-contract';
import type { ComponentHandle } from './component-handle';
import type { SaveOptions } from './platform';

/**
 * What the classes of all components share: a handle, and the calls that pass through to it. A subclass checks its inputs, runs
 * `this.handle`, names the results, and makes itself from `createComponent`, `componentFromWeights` and `loadComponent`.
 * Holds native memory: `dispose()` it.
 */
export abstract class Component<Config extends object> {
  protected constructor(protected readonly handle: ComponentHandle<Config>) {}

  /** The resolved configuration, all fields filled. */
  get config(): Config {
    return this.handle.config;
  }

  /** The device in use, as its executor describes it. */
  get device(): string {
    return this.handle.device;
  }

  /**
   * Parameters by upstream name; shared with the component, not a copy. Of a model loaded from a large file the values are read when they
   * are asked for, and a change made to them in place may be forgotten: make a copy to change.
   */
  get weights(): ReadonlyMap<string, HostTensor> {
    return this.handle.weights;
  }

  /** Compiles now instead of at the first call. @throws AbortedError, DisposedError */
  warmUp(options: RunOptions = {}): Promise<void> {
    return this.handle.warmUp(options);
  }

  /** Writes `config.json` and `model.safetensors` into `folder`, each under another name first, then renamed. @throws InvalidFileError */
  save(folder: string, options: SaveOptions = {}): Promise<void> {
    return this.handle.save(folder, options);
  }

  /** Frees the session. Idempotent; later calls throw `DisposedError`. */
  dispose(): Promise<void> {
    return this.handle.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

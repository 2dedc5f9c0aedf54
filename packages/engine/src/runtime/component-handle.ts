import {
  type FloatTensor,
  type HostTensor,
  InvalidConfigError,
  type RunOptions,
  throwIfAborted,
} from '@nano-emox/tensor-contract';
import type {
  Executor,
  ExecutorSession,
  Feedback,
  GraphSource,
  SessionRunOptions,
  SessionState,
  TensorMap,
} from '../executors/executor';
import { disposed } from '../executors/shared/session-host';
import type { Graph } from '../graph/graph';
import type { AxisBindings } from '../graph/leaves';
import { bindWeights } from '../module/bind-weights';
import { type NetworkModule, traceModule } from '../module/define-module';
import { initializeWeights } from '../module/initialize-weights';
import type { Precision } from '../precision/precision';
import type { ExecutorOptions, ModelFolder, Platform, SaveOptions } from './platform';

/** Options of everything that loads a component. */
export interface ComponentOptions extends ExecutorOptions, RunOptions {
  /** Runtime to use; stays the caller's. @default one shared by all components with the same device options */
  readonly executor?: Executor;
  /** Seed of fresh weights. @default 0 */
  readonly seed?: number;
  /** Sizes to fix while compiling; the rest stays free. */
  readonly axes?: AxisBindings;
  /** Outputs kept by the runtime as the next run's inputs, see `LoadOptions`. */
  readonly feedback?: Feedback;
  /**
   * How products with the weights are computed. `weights` and what `save` writes stay as they are; training has no such option.
   * @default 'float32'
   */
  readonly precision?: Precision;
}

/** What a component is made of: its network, how to read its configuration, and its type tag on disk. */
export interface ComponentDefinition<Config extends object, Inputs extends string, Outputs extends string> {
  readonly type: string;
  readonly module: NetworkModule<Config, Inputs, Outputs>;
  /** Fills defaults and validates. @throws InvalidConfigError */
  readonly resolveConfig: (config: Partial<Config>) => Config;
  /** Outputs that are the next run's inputs, see `LoadOptions`; for modules that keep state, such as a key-value cache. */
  readonly feedback?: (config: Config) => Feedback;
  /**
   * The same function with fewer weights, which is compiled for every precision but float32: what training keeps apart, such as low-rank
   * matrices, is added up before it is rounded. Inputs and outputs are the same. @default nothing can be added up
   */
  readonly merged?: (parts: ConfiguredWeights<Config>) => ConfiguredWeights<Config>;
}

/** A configuration with its weights. */
export interface ConfiguredWeights<Config extends object> {
  readonly config: Config;
  readonly weights: ReadonlyMap<string, HostTensor>;
}

/** Options of one run of a component. */
export interface ComponentRunOptions extends SessionRunOptions {
  /**
   * Precision of this run, compiled when it is first asked for, in addition to the component's own; states serve all.
   * @default that of the component
   */
  readonly precision?: Precision | undefined;
}

/** A component in memory, compiled on first use. The thin class users see wraps one of these. */
export interface ComponentHandle<Config extends object> {
  readonly config: Config;
  readonly device: string;
  readonly precision: Precision;
  /** Values of a large file are read each time they are asked for. */
  readonly weights: ReadonlyMap<string, HostTensor>;
  run(inputs: TensorMap, options?: ComponentRunOptions): Promise<TensorMap>;
  createState(initial: TensorMap): Promise<SessionState>;
  /** Compiles now instead of at the first run. */
  warmUp(options?: Pick<ComponentRunOptions, 'signal' | 'precision'>): Promise<void>;
  save(folder: string, options?: SaveOptions): Promise<void>;
  dispose(): Promise<void>;
}

/** Version of `config.json`; raised with an upgrade function when its fields change. */
export const FORMAT_VERSION = 1;

/** Executors shared between components that ask for the same device, closed when the last one lets go. */
class SharedExecutors {
  private readonly entries = new Map<string, { executor: Promise<Executor>; users: number }>();

  constructor(private readonly platform: Platform) {}

  async acquire(options: ExecutorOptions): Promise<{ executor: Executor; release: () => Promise<void> }> {
    const { device = 'auto', threads, workers, spin } = options;
    const key = JSON.stringify([device, threads, workers, spin]);
    const entry = this.entries.get(key) ?? { executor: this.platform.openExecutor(options), users: 0 };
    this.entries.set(key, entry);
    entry.users++;
    const release = async () => {
      if (--entry.users > 0) return;
      this.entries.delete(key);
      await entry.executor.then((executor) => executor.dispose()).catch(() => undefined);
    };
    try {
      return { executor: await entry.executor, release };
    } catch (error) {
      await release();
      throw error;
    }
  }
}

/** Functions that load components on one platform. */
export interface Runtime {
  openExecutor(options?: ExecutorOptions): Promise<Executor>;
  /** Fresh weights from a seed. */
  createComponent<C extends object, I extends string, O extends string>(
    definition: ComponentDefinition<C, I, O>,
    config: Partial<C>,
    options?: ComponentOptions,
  ): Promise<ComponentHandle<C>>;
  /** Weights from memory. @throws WeightsMismatchError */
  componentFromWeights<C extends object, I extends string, O extends string>(
    definition: ComponentDefinition<C, I, O>,
    config: Partial<C>,
    weights: ReadonlyMap<string, HostTensor>,
    options?: ComponentOptions,
  ): Promise<ComponentHandle<C>>;
  /** A folder with `config.json` and `model.safetensors`. @throws MissingFileError, InvalidFileError, InvalidConfigError, WeightsMismatchError */
  loadComponent<C extends object, I extends string, O extends string>(
    definition: ComponentDefinition<C, I, O>,
    folder: string,
    options?: ComponentOptions,
  ): Promise<ComponentHandle<C>>;
  readModelFolder(folder: string, options?: RunOptions): Promise<ModelFolder>;
  writeModelFolder(folder: string, model: ModelFolder, options?: SaveOptions): Promise<void>;
}

export function createRuntime(platform: Platform): Runtime {
  const shared = new SharedExecutors(platform);

  const open = async <C extends object, I extends string, O extends string>(
    definition: ComponentDefinition<C, I, O>,
    config: C,
    graph: Graph,
    weights: ReadonlyMap<string, HostTensor>,
    options: ComponentOptions,
  ): Promise<ComponentHandle<C>> => {
    const lease = options.executor
      ? { executor: options.executor, release: async () => undefined }
      : await shared.acquire(options);
    return new CompiledComponent(
      platform,
      definition.type,
      config,
      weights,
      (precision) => {
        const merged = precision === 'float32' ? undefined : definition.merged?.({ config, weights });
        if (!merged) return { graph, weights };
        return { graph: trace(definition.module, merged.config, options), weights: merged.weights };
      },
      lease.executor,
      lease.release,
      options.feedback ?? definition.feedback?.(config),
      options.precision ?? 'float32',
    );
  };

  const fromWeights: Runtime['componentFromWeights'] = async (definition, partial, weights, options = {}) => {
    const config = definition.resolveConfig(partial);
    const graph = trace(definition.module, config, options);
    const ignores = (name: string) => definition.module.ignores?.(name, config) ?? false;
    const bound = bindWeights(definition.module.name, graph, weights, ignores);
    return open(definition, config, graph, bound, options);
  };

  return {
    openExecutor: (options = {}) => platform.openExecutor(options),
    createComponent: async (definition, partial, options = {}) => {
      const config = definition.resolveConfig(partial);
      const graph = trace(definition.module, config, options);
      return open(definition, config, graph, initializeWeights(graph, options.seed ?? 0), options);
    },
    componentFromWeights: fromWeights,
    loadComponent: async (definition, folder, options = {}) => {
      const { config, weights } = await platform.openFolder(folder, options);
      const { component, formatVersion, ...fields } = config;
      if (component !== definition.type || formatVersion !== FORMAT_VERSION) {
        throw new InvalidConfigError({
          message: `${folder}: config.json describes ${String(component)} in format ${String(formatVersion)}, expected ${definition.type} in format ${FORMAT_VERSION}`,
          hint: 'Give the folder of the right component, or update the package that reads it.',
          field: component !== definition.type ? 'component' : 'formatVersion',
        });
      }
      return fromWeights(definition, fields as Partial<ReturnType<typeof definition.resolveConfig>>, weights, options);
    },
    readModelFolder: (folder, options = {}) => platform.readFolder(folder, options),
    writeModelFolder: (folder, model, options = {}) => platform.writeFolder(folder, model, options),
  };
}

const trace = <C extends object, I extends string, O extends string>(
  module: NetworkModule<C, I, O>,
  config: C,
  { axes }: ComponentOptions,
): Graph => traceModule(module, config, axes ? { axes } : {});

class CompiledComponent<Config extends object> implements ComponentHandle<Config> {
  private readonly sessions = new Map<Precision, Promise<ExecutorSession>>();
  private disposal: Promise<void> | undefined;

  constructor(
    private readonly platform: Platform,
    private readonly type: string,
    readonly config: Config,
    readonly weights: ReadonlyMap<string, HostTensor>,
    private readonly sourceAt: (precision: Precision) => GraphSource,
    private readonly executor: Executor,
    private readonly release: () => Promise<void>,
    private readonly feedback: Feedback | undefined,
    readonly precision: Precision,
  ) {}

  get device(): string {
    return this.executor.device;
  }

  async run(inputs: TensorMap, { precision, ...options }: ComponentRunOptions = {}): Promise<TensorMap> {
    return (await this.compiled(options.signal, precision)).run(inputs, options);
  }

  async createState(initial: TensorMap): Promise<SessionState> {
    return (await this.compiled()).createState(initial);
  }

  async warmUp({ signal, precision }: Pick<ComponentRunOptions, 'signal' | 'precision'> = {}): Promise<void> {
    await this.compiled(signal, precision);
    throwIfAborted(signal, this.type);
  }

  async save(folder: string, options: SaveOptions = {}): Promise<void> {
    // Configurations have a field `type` of their own where a component comes in several kinds.
    const config = { component: this.type, formatVersion: FORMAT_VERSION, ...this.config };
    await this.platform.writeFolder(folder, { config, weights: this.weights }, options);
  }

  dispose(): Promise<void> {
    this.disposal ??= (async () => {
      for (const session of this.sessions.values()) await (await session.catch(() => undefined))?.dispose();
      await this.release();
    })();
    return this.disposal;
  }

  /** The session, shared by all callers: the signal of one must not end the compilation that others wait for. */
  private async compiled(signal?: AbortSignal, precision = this.precision): Promise<ExecutorSession> {
    if (this.disposal) throw disposed(this.type);
    throwIfAborted(signal, this.type);
    const session =
      this.sessions.get(precision) ??
      this.compile(precision).catch((error) => {
        this.sessions.delete(precision);
        throw error;
      });
    this.sessions.set(precision, session);
    return session;
  }

  private async compile(precision: Precision): Promise<ExecutorSession> {
    // All beside one, so that a state serves any precision.
    const beside = precision === this.precision ? undefined : await this.compiled();
    return this.executor.load(this.sourceAt(precision), {
      name: this.type,
      precision,
      ...(beside && { beside }),
      ...(this.feedback && { feedback: this.feedback }),
    });
  }
}

/** A result that is known to be float32. */
export function floatResult(results: TensorMap, name: string): FloatTensor {
  return results[name] as FloatTensor;
}

import type { OnnxSource, TensorMap } from '@nano-emox/engine';
import {
  type ComponentDefinition,
  type ComponentOptions,
  componentFromWeights,
  openExecutor,
} from '@nano-emox/engine/runtime';
import {
  bindAxes,
  type FloatTensor,
  f32,
  floatTensor,
  type HostTensor,
  InvalidArgumentError,
  type RunOptions,
  throwIfAborted,
} from '@nano-emox/tensor-contract';
import { joinRows, requireFinite } from '../training/row-tensors';
import { requireTable, type TeacherTable } from './teacher-table';

/** What a network reads and what its logits mean. */
export interface NetworkTeacherOptions extends Omit<ComponentOptions, 'seed' | 'feedback'> {
  /** Classes in the order of its logits. */
  readonly classes: readonly string[];
  /** Name of the input that takes the batch. */
  readonly input: string;
  /** Name of the output with logits `[batch, classes]`. */
  readonly output: string;
}

/** Rows to show to a teacher; the first axis of `input` is the row. */
export interface TeacherBatch {
  readonly input: HostTensor;
  /** Name of each row. */
  readonly ids?: readonly string[];
}

/** Anything that runs by tensors with names: a session of an executor, a component. */
interface Runnable {
  run(inputs: TensorMap, options?: RunOptions & { readonly outputs?: readonly string[] }): Promise<TensorMap>;
}

/**
 * A network whose logits a head learns from: an ONNX model, or a module with its weights. Holds native memory:
 * `dispose()` it.
 * @example
 * const teacher = await NetworkTeacher.fromOnnx({ path: 'vit.onnx' }, { classes, input: 'pixels', output: 'logits' });
 * const table = await teacher.table(batches);
 * await writeTeacherTable('teacher.safetensors', table);
 */
export class NetworkTeacher {
  private constructor(
    private readonly network: Runnable,
    private readonly options: NetworkTeacherOptions,
    private readonly release: () => Promise<void>,
  ) {}

  /** @throws ExecutionError for a file that is no model, DeviceUnavailableError, MissingDependencyError */
  static async fromOnnx(source: OnnxSource, options: NetworkTeacherOptions): Promise<NetworkTeacher> {
    const { executor: given, device, threads, workers, signal } = options;
    const sizes = { ...(threads !== undefined && { threads }), ...(workers !== undefined && { workers }) };
    const executor = given ?? (await openExecutor({ ...(device && { device }), ...sizes }));
    const close = async () => (given ? undefined : executor.dispose());
    try {
      const session = await executor.load(source, { name: 'teacher', signal });
      return new NetworkTeacher(session, options, async () => {
        await session.dispose();
        await close();
      });
    } catch (error) {
      await close();
      throw error;
    }
  }

  /** @throws InvalidConfigError, WeightsMismatchError, DeviceUnavailableError */
  static async fromModule<Config extends object, Inputs extends string, Outputs extends string>(
    definition: ComponentDefinition<Config, Inputs, Outputs>,
    config: Partial<Config>,
    weights: ReadonlyMap<string, HostTensor>,
    options: NetworkTeacherOptions & { readonly input: Inputs; readonly output: Outputs },
  ): Promise<NetworkTeacher> {
    const component = await componentFromWeights(definition, config, weights, options);
    return new NetworkTeacher(component, options, () => component.dispose());
  }

  /** Classes in the order of the logits. */
  get classes(): readonly string[] {
    return this.options.classes;
  }

  /**
   * Logits float32 `[batch, classes]` of one batch.
   * @throws InvalidArgumentError without the output; ShapeMismatchError, DataTypeMismatchError for another number of
   *   classes; NonFiniteError; ExecutionError, AbortedError, DisposedError
   */
  async logits(input: HostTensor, { signal }: RunOptions = {}): Promise<FloatTensor> {
    const where = 'NetworkTeacher.logits';
    const { classes, output } = this.options;
    // All outputs are asked for: a runtime that does not know the name would not say which ones there are.
    const results = await this.network.run({ [this.options.input]: input }, { signal });
    const logits = results[output];
    if (!logits) {
      throw new InvalidArgumentError({
        message: `${where}: the network has no output ${output}, only ${Object.keys(results).join(', ')}`,
        hint: 'Name the output that holds the logits.',
        argument: 'output',
      });
    }
    bindAxes(logits, f32(input.dims[0] as number, classes.length), where, output);
    requireFinite(logits as FloatTensor, where, output);
    return logits as FloatTensor;
  }

  /** Shows all batches to the network, one in memory at a time. @throws as {@link logits}; whatever `batches` throws */
  async table(
    batches: Iterable<TeacherBatch> | AsyncIterable<TeacherBatch>,
    options: RunOptions = {},
  ): Promise<TeacherTable> {
    const parts: FloatTensor[] = [];
    const ids: string[] = [];
    for await (const batch of batches) {
      throwIfAborted(options.signal, 'NetworkTeacher.table');
      parts.push(await this.logits(batch.input, options));
      if (batch.ids) ids.push(...batch.ids);
    }
    const logits = parts.length > 0 ? joinRows(parts) : floatTensor(new Float32Array(0), [0, this.classes.length]);
    const table = { classes: this.classes, logits, ...(ids.length > 0 && { ids }) };
    requireTable(table, 'NetworkTeacher.table');
    return table;
  }

  /** Frees the network. Idempotent. */
  dispose(): Promise<void> {
    return this.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

import { bindFilledAxes } from '@nano-emox/engine';
import {
  Component,
  type ComponentHandle,
  type ComponentOptions,
  componentFromWeights,
  createComponent,
  floatResult,
  loadComponent,
} from '@nano-emox/engine/runtime';
import {
  type Adapter as AdapterContract,
  type FloatTensor,
  f32,
  type HostTensor,
  type RunOptions,
  ShapeMismatchError,
  type SoftTokens,
  type TensorSpec,
} from '@nano-emox/tensor-contract';
import { adapterDefinition } from './adapter-module';
import type { AdapterConfig } from './config';

/**
 * Turns the features of one modality into soft tokens in the embedding space of a language model.
 * Holds native memory: `dispose()` it. Results belong to the caller.
 * @example
 * const adapter = await Adapter.create({ ...presets.tiny.audio });
 * const { embeddings } = await adapter.adapt(features); // [batch, 8, 128] → [batch, 8, 256]
 */
export class Adapter extends Component<AdapterConfig> implements AdapterContract {
  /** float32 `[batch, time, inputDim]`. */
  readonly inputSpec: TensorSpec;
  /** float32 `[batch, tokens, lmDim]`; `linear` and `mlp` make one token per time step. */
  readonly outputSpec: TensorSpec;

  private constructor(handle: ComponentHandle<AdapterConfig>) {
    super(handle);
    const { config } = handle;
    this.inputSpec = f32('batch', 'time', config.inputDim);
    this.outputSpec = f32('batch', 'tokens' in config ? config.tokens : 'time', config.lmDim);
  }

  /** Fresh weights from `options.seed`, to be trained. @throws InvalidConfigError, DeviceUnavailableError */
  static async create(config: Partial<AdapterConfig> = {}, options: ComponentOptions = {}): Promise<Adapter> {
    return new Adapter(await createComponent(adapterDefinition, config, options));
  }

  /** Weights from memory, under the names of the published checkpoint. @throws InvalidConfigError, WeightsMismatchError */
  static async fromWeights(
    config: Partial<AdapterConfig>,
    weights: ReadonlyMap<string, HostTensor>,
    options: ComponentOptions = {},
  ): Promise<Adapter> {
    return new Adapter(await componentFromWeights(adapterDefinition, config, weights, options));
  }

  /** A folder that `save` wrote. @throws MissingFileError, InvalidFileError, InvalidConfigError, WeightsMismatchError */
  static async fromPretrained(folder: string, options: ComponentOptions = {}): Promise<Adapter> {
    return new Adapter(await loadComponent(adapterDefinition, folder, options));
  }

  get modality(): AdapterConfig['modality'] {
    return this.config.modality;
  }

  /**
   * Soft tokens float32 `[batch, tokens, lmDim]` of `features` float32 `[batch, time, inputDim]`.
   * @throws ShapeMismatchError, DataTypeMismatchError, AbortedError, DisposedError
   */
  async adapt(features: FloatTensor, options: RunOptions = {}): Promise<SoftTokens> {
    const { time } = bindFilledAxes(features, this.inputSpec, 'Adapter.adapt', 'features');
    this.requirePositions(features, time as number);
    const results = await this.handle.run({ features }, options);
    return { modality: this.modality, embeddings: floatResult(results, 'tokens') };
  }

  private requirePositions(features: FloatTensor, time: number): void {
    if (this.config.type !== 'qformer' || time <= this.config.positions) return;
    throw new ShapeMismatchError({
      where: 'Adapter.adapt',
      input: 'features',
      expected: ['batch', `time ≤ ${this.config.positions}`, this.config.inputDim],
      received: features.dims,
      hint: 'The time embedding has no row for later steps: give fewer, or train an adapter with more config.positions.',
    });
  }
}

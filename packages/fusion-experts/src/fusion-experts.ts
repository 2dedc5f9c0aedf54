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
  type FloatTensor,
  type Fused,
  type FusionEncoder,
  f32,
  floatTensor,
  type HostTensor,
  type RunOptions,
  ShapeMismatchError,
  type TensorSpec,
} from '@nano-emox/tensor-contract';
import type { FusionConfig } from './config';
import { fusionDefinition } from './fusion-module';

/** Soft tokens of the fusion, the weights of its experts, and the vector the tokens were projected from. */
export interface FusedClip extends Fused {
  /** float32 `[batch, hidden]` (`commonDim` for `attention` and `densemoe`); absent for `qformer`. */
  readonly features?: FloatTensor;
}

/**
 * Fuses voice and scene into soft tokens. Holds native memory: `dispose()` it. Results belong to the caller.
 * @example
 * const fusion = await FusionExperts.create(presets.tiny);
 * const { embeddings, gate } = await fusion.fuse({ audio, scene }); // [batch, 1, 256], [batch, 3]
 */
export class FusionExperts extends Component<FusionConfig> implements FusionEncoder {
  /**
   * float32 `[batch, clips, experts, audioDim]` and `[batch, frames, experts, sceneDim]` for `multiscale`, shallow to deep;
   * without the expert axis for the other types.
   */
  readonly inputSpecs: { readonly audio: TensorSpec; readonly scene: TensorSpec };

  private constructor(handle: ComponentHandle<FusionConfig>) {
    super(handle);
    const { config } = handle;
    const levels = config.type === 'multiscale' ? [config.experts] : [];
    this.inputSpecs = {
      audio: f32('batch', 'clips', ...levels, config.audioDim),
      scene: f32('batch', 'frames', ...levels, config.sceneDim),
    };
  }

  /** Fresh weights from `options.seed`, to be trained. @throws InvalidConfigError, DeviceUnavailableError */
  static async create(config: Partial<FusionConfig> = {}, options: ComponentOptions = {}): Promise<FusionExperts> {
    return new FusionExperts(await createComponent(fusionDefinition, config, options));
  }

  /** Weights from memory, under the names of the published checkpoint. @throws InvalidConfigError, WeightsMismatchError */
  static async fromWeights(
    config: Partial<FusionConfig>,
    weights: ReadonlyMap<string, HostTensor>,
    options: ComponentOptions = {},
  ): Promise<FusionExperts> {
    return new FusionExperts(await componentFromWeights(fusionDefinition, config, weights, options));
  }

  /** A folder that `save` wrote. @throws MissingFileError, InvalidFileError, InvalidConfigError, WeightsMismatchError */
  static async fromPretrained(folder: string, options: ComponentOptions = {}): Promise<FusionExperts> {
    return new FusionExperts(await loadComponent(fusionDefinition, folder, options));
  }

  /**
   * Soft tokens float32 `[batch, tokens, lmDim]`, and the weights of the experts `[batch, experts]` where there are experts.
   * @throws ShapeMismatchError, DataTypeMismatchError, AbortedError, DisposedError
   */
  async fuse(
    { audio, scene }: { readonly audio: FloatTensor; readonly scene: FloatTensor },
    options: RunOptions = {},
  ): Promise<FusedClip> {
    const where = 'FusionExperts.fuse';
    const known = bindFilledAxes(audio, this.inputSpecs.audio, where, 'audio');
    const { batch, clips, frames } = bindFilledAxes(scene, this.inputSpecs.scene, where, 'scene', known);
    this.requirePositions(scene, (frames as number) + (clips as number));
    const results = await this.handle.run({ audio, scene, ...this.silence(batch as number) }, options);
    return {
      modality: 'multi',
      embeddings: floatResult(results, 'tokens'),
      ...(results.fused && { features: floatResult(results, 'fused') }),
      ...(results.gate && { gate: floatResult(results, 'gate') }),
    };
  }

  /** No noise for a router that was built to take some. */
  private silence(batch: number): { readonly routerNoise?: FloatTensor } {
    if (this.config.type !== 'densemoe' || !this.config.routerNoise) return {};
    const { experts } = this.config;
    return { routerNoise: floatTensor(new Float32Array(batch * experts), [batch, experts]) };
  }

  private requirePositions(scene: FloatTensor, steps: number): void {
    if (this.config.type !== 'qformer' || steps <= this.config.positions) return;
    throw new ShapeMismatchError({
      where: 'FusionExperts.fuse',
      input: 'scene',
      expected: ['batch', `frames + clips ≤ ${this.config.positions}`, this.config.sceneDim],
      received: scene.dims,
      hint: 'The position table has no row for later steps: give fewer, or train a fusion with more config.positions.',
    });
  }
}

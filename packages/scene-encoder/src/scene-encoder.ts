import { bindFilledAxes } from '@nano-emox/engine';
import {
  Component,
  type ComponentDefinition,
  type ComponentHandle,
  type ComponentOptions,
  componentFromWeights,
  createComponent,
  floatResult,
  loadComponent,
} from '@nano-emox/engine/runtime';
import {
  type EncodedModality,
  type FloatTensor,
  f32,
  type HostTensor,
  type ModalityEncoder,
  type RunOptions,
  type TensorSpec,
} from '@nano-emox/tensor-contract';
import { resolveConfig, type SceneEncoderConfig } from './config';
import { framesSpec, sceneEncoderModule } from './scene-encoder-module';

/** How the runtime and the trainer load a scene encoder. */
export const sceneEncoderDefinition: ComponentDefinition<SceneEncoderConfig, 'frames', 'features' | 'levels'> = {
  type: 'scene-encoder',
  module: sceneEncoderModule,
  resolveConfig,
};

/** The class token of every frame at the depth of the features, and at several depths. */
export interface SceneEncoding extends EncodedModality {
  /** float32 `[batch, frames, hidden]`. */
  readonly features: FloatTensor;
  /** float32 `[batch, frames, levels, hidden]`, in the order of the configuration. */
  readonly levels: FloatTensor;
}

/**
 * CLIP's vision tower, read at chosen depths: frames to one vector per frame, and to several for the fusion experts.
 * @example
 * const encoder = await SceneEncoder.create({ ...presets.tiny, imageSize: 112 });
 * const frames = { type: 'uint8', dims: [1, 2, 3, 112, 112], data: new Uint8Array(2 * 3 * 112 * 112) } as const;
 * const { features, levels } = await encoder.encode(frames);
 * console.log(features.dims, levels.dims); // [ 1, 2, 128 ] [ 1, 2, 3, 128 ]
 * @see Nano-EmoX, arXiv 2603.02123, scene encoder; CLIP, arXiv 2103.00020
 */
export class SceneEncoder extends Component<SceneEncoderConfig> implements ModalityEncoder {
  readonly modality = 'frame';
  /** `[batch, frames, 3, imageSize, imageSize]`, RGB, values 0…255. */
  readonly inputSpec: TensorSpec;
  /** `[batch, frames, hidden]`. */
  readonly featureSpec: TensorSpec;

  private constructor(handle: ComponentHandle<SceneEncoderConfig>) {
    super(handle);
    this.inputSpec = framesSpec(handle.config);
    this.featureSpec = f32('batch', 'frames', handle.config.hidden);
  }

  /**
   * An encoder with fresh weights, drawn from `options.seed`.
   * @param config fields that differ from the published sizes, e.g. `presets.tiny`
   * @throws InvalidConfigError, DeviceUnavailableError
   */
  static async create(config: Partial<SceneEncoderConfig> = {}, options?: ComponentOptions): Promise<SceneEncoder> {
    return new SceneEncoder(await createComponent(sceneEncoderDefinition, config, options));
  }

  /**
   * An encoder from a folder with `config.json` and `model.safetensors`, as {@link SceneEncoder.save} writes it.
   * @throws MissingFileError, InvalidFileError, InvalidConfigError, WeightsMismatchError, DeviceUnavailableError
   */
  static async fromPretrained(folder: string, options?: ComponentOptions): Promise<SceneEncoder> {
    return new SceneEncoder(await loadComponent(sceneEncoderDefinition, folder, options));
  }

  /**
   * An encoder from tensors in memory, under their upstream names.
   * @throws WeightsMismatchError listing every missing, unexpected and mis-shaped tensor
   */
  static async fromWeights(
    config: Partial<SceneEncoderConfig>,
    weights: ReadonlyMap<string, HostTensor>,
    options?: ComponentOptions,
  ): Promise<SceneEncoder> {
    return new SceneEncoder(await componentFromWeights(sceneEncoderDefinition, config, weights, options));
  }

  override get config(): Readonly<SceneEncoderConfig> & Readonly<Record<string, unknown>> {
    return this.handle.config as SceneEncoderConfig & Readonly<Record<string, unknown>>;
  }

  /**
   * Encodes frames. All frames of all clips run as one batch of images; results belong to the caller.
   * @param frames `[batch, frames, 3, imageSize, imageSize]`, RGB, squashed or cropped to that size; 0…255 where the
   *   configuration says `normalization: 'clip'`
   * @throws ShapeMismatchError, DataTypeMismatchError, AbortedError, DisposedError
   */
  async encode(frames: HostTensor, options: RunOptions = {}): Promise<SceneEncoding> {
    bindFilledAxes(frames, this.inputSpec, 'SceneEncoder.encode', 'frames');
    const results = await this.handle.run({ frames }, options);
    return { features: floatResult(results, 'features'), levels: floatResult(results, 'levels') };
  }
}

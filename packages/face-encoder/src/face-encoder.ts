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
import { type FaceEncoderConfig, resolveConfig } from './config';
import { faceEncoderModule, framesSpec } from './face-encoder-module';

/** How the runtime and the trainer load a face encoder. */
export const faceEncoderDefinition: ComponentDefinition<FaceEncoderConfig, 'frames', 'features' | 'tokens'> = {
  type: 'face-encoder',
  module: faceEncoderModule,
  resolveConfig,
};

/** Features per frame, and the tokens that a language model reads. */
export interface FaceEncoding extends EncodedModality {
  /** float32 `[batch, frames, headWidth]`. */
  readonly features: FloatTensor;
  /** float32 `[batch, queries, lmDim]`. */
  readonly tokens: FloatTensor;
}

/**
 * FaceXFormer's multi-scale encoder with the temporal queries of Nano-EmoX: frames of a face to features and face tokens.
 * @example
 * const encoder = await FaceEncoder.create({ ...presets.tiny, imageSize: 112 });
 * const frames = { type: 'uint8', dims: [1, 2, 3, 112, 112], data: new Uint8Array(2 * 3 * 112 * 112) } as const;
 * const { features, tokens } = await encoder.encode(frames);
 * console.log(features.dims, tokens.dims); // [ 1, 2, 128 ] [ 1, 4, 256 ]
 * @see Nano-EmoX, arXiv 2603.02123, facial encoder; FaceXFormer, arXiv 2403.12960
 */
export class FaceEncoder extends Component<FaceEncoderConfig> implements ModalityEncoder {
  readonly modality = 'face';
  /** `[batch, frames, 3, height, width]`, RGB, values 0…255. */
  readonly inputSpec: TensorSpec;
  /** `[batch, frames, headWidth]`. */
  readonly featureSpec: TensorSpec;

  private constructor(handle: ComponentHandle<FaceEncoderConfig>) {
    super(handle);
    this.inputSpec = framesSpec(handle.config);
    this.featureSpec = f32('batch', 'frames', handle.config.headWidth);
  }

  /**
   * An encoder with fresh weights, drawn from `options.seed`.
   * @param config fields that differ from the published sizes, e.g. `presets.tiny`
   * @throws InvalidConfigError, DeviceUnavailableError
   */
  static async create(config: Partial<FaceEncoderConfig> = {}, options?: ComponentOptions): Promise<FaceEncoder> {
    return new FaceEncoder(await createComponent(faceEncoderDefinition, config, options));
  }

  /**
   * An encoder from a folder with `config.json` and `model.safetensors`, as {@link FaceEncoder.save} writes it.
   * @throws MissingFileError, InvalidFileError, InvalidConfigError, WeightsMismatchError, DeviceUnavailableError
   */
  static async fromPretrained(folder: string, options?: ComponentOptions): Promise<FaceEncoder> {
    return new FaceEncoder(await loadComponent(faceEncoderDefinition, folder, options));
  }

  /**
   * An encoder from tensors in memory, under their upstream names.
   * @throws WeightsMismatchError listing every missing, unexpected and mis-shaped tensor
   */
  static async fromWeights(
    config: Partial<FaceEncoderConfig>,
    weights: ReadonlyMap<string, HostTensor>,
    options?: ComponentOptions,
  ): Promise<FaceEncoder> {
    return new FaceEncoder(await componentFromWeights(faceEncoderDefinition, config, weights, options));
  }

  override get config(): Readonly<FaceEncoderConfig> & Readonly<Record<string, unknown>> {
    return this.handle.config as FaceEncoderConfig & Readonly<Record<string, unknown>>;
  }

  /**
   * Encodes frames. All frames of all clips run as one batch of images; results belong to the caller.
   * @param frames `[batch, frames, 3, height, width]`, RGB, 0…255, of the type and size in the configuration
   * @throws ShapeMismatchError, DataTypeMismatchError, AbortedError, DisposedError
   */
  async encode(frames: HostTensor, options: RunOptions = {}): Promise<FaceEncoding> {
    bindFilledAxes(frames, this.inputSpec, 'FaceEncoder.encode', 'frames');
    const results = await this.handle.run({ frames }, options);
    return { features: floatResult(results, 'features'), tokens: floatResult(results, 'tokens') };
  }
}

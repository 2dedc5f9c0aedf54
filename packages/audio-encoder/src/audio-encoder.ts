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
  f32,
  type HostTensor,
  type ModalityEncoder,
  type RunOptions,
  ShapeMismatchError,
  type TensorSpec,
} from '@nano-emox/tensor-contract';
import { audioEncoderDefinition } from './audio-encoder-module';
import { type AudioEncoderConfig, fewestSamples } from './config';
import { publishedNames } from './hubert-names';

/** Features of the clips of a voice, at one depth and at several. */
export interface EncodedAudio {
  /** float32 `[batch, clips, hidden]`. */
  readonly features: FloatTensor;
  /** float32 `[batch, clips, level, hidden]`, in the order of `config.levels`. */
  readonly levels: FloatTensor;
}

/**
 * Encodes clips of speech with HuBERT. Holds native memory: `dispose()` it. Results belong to the caller.
 * @example
 * const encoder = await AudioEncoder.create(presets.tiny);
 * const { features, levels } = await encoder.encode(samples); // [1, 8, 32000] → [1, 8, 128], [1, 8, 3, 128]
 */
export class AudioEncoder extends Component<AudioEncoderConfig> implements ModalityEncoder {
  readonly modality = 'audio';
  /** float32 mono samples at 16 kHz, `[batch, clips, samples]`, in about [−1, 1]; normalised inside. */
  readonly inputSpec: TensorSpec = f32('batch', 'clips', 'samples');
  /** float32 `[batch, clips, hidden]`. */
  readonly featureSpec: TensorSpec;

  private constructor(handle: ComponentHandle<AudioEncoderConfig>) {
    super(handle);
    this.featureSpec = f32('batch', 'clips', handle.config.hidden);
  }

  /** Fresh weights from `options.seed`, to be trained. @throws InvalidConfigError, DeviceUnavailableError */
  static async create(config: Partial<AudioEncoderConfig> = {}, options: ComponentOptions = {}): Promise<AudioEncoder> {
    return new AudioEncoder(await createComponent(audioEncoderDefinition, config, options));
  }

  /**
   * Weights from memory under the names of Hugging Face `HubertModel`, with weight norm stored in the old or the new style.
   * @throws InvalidConfigError, WeightsMismatchError
   */
  static async fromWeights(
    config: Partial<AudioEncoderConfig>,
    weights: ReadonlyMap<string, HostTensor>,
    options: ComponentOptions = {},
  ): Promise<AudioEncoder> {
    return new AudioEncoder(
      await componentFromWeights(audioEncoderDefinition, config, publishedNames(weights), options),
    );
  }

  /** A folder that `save` wrote. @throws MissingFileError, InvalidFileError, InvalidConfigError, WeightsMismatchError */
  static async fromPretrained(folder: string, options: ComponentOptions = {}): Promise<AudioEncoder> {
    return new AudioEncoder(await loadComponent(audioEncoderDefinition, folder, options));
  }

  /**
   * Features of `samples`, float32 mono at 16 kHz, `[batch, clips, samples]` with at least 400 samples per clip (published
   * front-end). All samples count: trim padding first.
   * @throws ShapeMismatchError, DataTypeMismatchError, AbortedError, DisposedError
   */
  async encode(samples: HostTensor, options: RunOptions = {}): Promise<EncodedAudio> {
    bindFilledAxes(samples, this.inputSpec, 'AudioEncoder.encode', 'samples');
    this.requireWindow(samples);
    const results = await this.handle.run({ samples }, options);
    return { features: floatResult(results, 'features'), levels: floatResult(results, 'levels') };
  }

  private requireWindow({ dims }: HostTensor): void {
    const least = fewestSamples(this.config);
    if ((dims[2] as number) >= least) return;
    throw new ShapeMismatchError({
      where: 'AudioEncoder.encode',
      input: 'samples',
      expected: ['batch', 'clips', `samples ≥ ${least}`],
      received: dims,
      hint: 'A clip is shorter than one window of the front-end: pad it with zeros at the end.',
    });
  }
}

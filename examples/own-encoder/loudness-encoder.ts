import {
  add,
  type Dim,
  defineModule,
  gelu,
  linearLayer,
  log,
  mean,
  mul,
  requireSizes,
  reshape,
} from '@nano-emox/engine';
import {
  Component,
  type ComponentDefinition,
  type ComponentOptions,
  createComponent,
  floatResult,
  loadComponent,
} from '@nano-emox/engine/runtime';
import {
  type EncodedModality,
  f32,
  type HostTensor,
  type ModalityEncoder,
  type RunOptions,
} from '@nano-emox/tensor-contract';

/** Plain JSON: it becomes `config.json` beside the weights. */
export interface LoudnessEncoderConfig {
  /** Samples of one window. @default 800 */
  readonly windowSamples: number;
  /** Windows of one piece of sound. @default 40 */
  readonly windows: number;
  /** Width of the features. @default 128 */
  readonly dim: number;
}

/** The network: how the loudness of each piece of sound runs. One function, from which inference and training are both made. */
export const loudnessModule = defineModule({
  name: 'LoudnessEncoder',
  inputs: ({ windows, windowSamples }: LoudnessEncoderConfig) => ({
    samples: f32('batch', 'time', windows * windowSamples),
  }),
  outputs: () => ({ features: f32('batch', 'time', 'dim') }),
  forward({ samples }, weights, { windows, windowSamples, dim }) {
    const [batch, time] = samples.shape as [Dim, Dim];
    const cut = reshape(samples, [batch, time, windows, windowSamples]);
    const loudness = log(add(mean(mul(cut, cut), [3]), 1e-6)); // [batch, time, windows]
    const hidden = gelu(linearLayer(loudness, weights.scope('hidden'), dim)); // [batch, time, dim]
    return { features: linearLayer(hidden, weights.scope('out'), dim) };
  },
});

/** What a folder of this component is called, and how its configuration is read. */
const definition: ComponentDefinition<LoudnessEncoderConfig, 'samples', 'features'> = {
  type: 'loudness-encoder',
  module: loudnessModule,
  resolveConfig: (config) => {
    const resolved = { windowSamples: 800, windows: 40, dim: 128, ...config };
    requireSizes('LoudnessEncoder', resolved, ['windowSamples', 'windows', 'dim']);
    return resolved;
  },
};

/** The class that others use. It keeps `ModalityEncoder`, so it can stand where an encoder of the project stands. */
export class LoudnessEncoder extends Component<LoudnessEncoderConfig> implements ModalityEncoder {
  readonly modality = 'audio';
  readonly featureSpec = f32('batch', 'time', this.handle.config.dim);
  readonly inputSpec = loudnessModule.inputs(this.handle.config).samples;

  static async create(
    config: Partial<LoudnessEncoderConfig> = {},
    options?: ComponentOptions,
  ): Promise<LoudnessEncoder> {
    return new LoudnessEncoder(await createComponent(definition, config, options));
  }

  static async fromPretrained(folder: string, options?: ComponentOptions): Promise<LoudnessEncoder> {
    return new LoudnessEncoder(await loadComponent(definition, folder, options));
  }

  override get config(): LoudnessEncoderConfig & Readonly<Record<string, unknown>> {
    return { ...this.handle.config };
  }

  /** @param samples float32 `[batch, time, windows * windowSamples]`, in [-1, 1] */
  async encode(samples: HostTensor, options: RunOptions = {}): Promise<EncodedModality> {
    return { features: floatResult(await this.handle.run({ samples }, options), 'features') };
  }
}

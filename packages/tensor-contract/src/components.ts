import type { FloatTensor, HostTensor } from './host-tensor';
import type { TensorSpec } from './tensor-spec';

/** The modalities of a clip, in the order in which soft tokens are spliced (fact: frame, face, audio, multi). */
export type Modality = 'frame' | 'face' | 'audio' | 'multi';

/** Options of every call that runs a network. */
export interface RunOptions {
  /** Checked between runs; a run in progress finishes first. */
  readonly signal?: AbortSignal | undefined;
}

/** What every loaded component can tell and do. Disposal is idempotent; later use throws `DisposedError`. */
export interface Component {
  /** Resolved configuration, plain JSON. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Device and runtime in use, e.g. `onnxruntime-node cpu`. */
  readonly device: string;
  /** Writes `config.json` and `model.safetensors` into `folder`, atomically. */
  save(folder: string): Promise<void>;
  dispose(): Promise<void>;
}

/** Features of one modality. `levels` is present when the encoder exposes several depths. */
export interface EncodedModality {
  /** float32 `[batch, time, dim]`. */
  readonly features: FloatTensor;
  /** float32 `[batch, time, level, dim]`, shallow to deep. */
  readonly levels?: FloatTensor;
}

/** Raw input of one modality (frames, samples …) to features over time. */
export interface ModalityEncoder extends Component {
  readonly modality: Modality;
  readonly inputSpec: TensorSpec;
  readonly featureSpec: TensorSpec;
  /** @throws ShapeMismatchError when `input` does not fit `inputSpec` */
  encode(input: HostTensor, options?: RunOptions): Promise<EncodedModality>;
}

/** Tokens in the embedding space of a language model. */
export interface SoftTokens {
  readonly modality: Modality;
  /** float32 `[batch, tokens, lmDim]`. */
  readonly embeddings: FloatTensor;
}

/** Features of one modality to soft tokens. */
export interface Adapter extends Component {
  readonly modality: Modality;
  readonly inputSpec: TensorSpec;
  readonly outputSpec: TensorSpec;
  adapt(features: FloatTensor, options?: RunOptions): Promise<SoftTokens>;
}

/** Fused tokens and how much each expert contributed. */
export interface Fused extends SoftTokens {
  /** float32 `[batch, experts]`, rows sum to 1; absent where the fusion has no gate. */
  readonly gate?: FloatTensor;
}

/** Several depths of two modalities to fused soft tokens. */
export interface FusionEncoder extends Component {
  readonly inputSpecs: { readonly audio: TensorSpec; readonly scene: TensorSpec };
  fuse(inputs: { readonly audio: FloatTensor; readonly scene: FloatTensor }, options?: RunOptions): Promise<Fused>;
}

/** How the next token is chosen. Greedy when `temperature` is 0 or absent. */
export interface SamplingOptions {
  /** @default 0 */
  readonly temperature?: number;
  /** Probability mass kept, in (0, 1]. @default 1 */
  readonly topP?: number;
  /** Number of candidates kept; 0 keeps all. @default 0 */
  readonly topK?: number;
  /** Seed of the sampler; equal seeds give equal text. @default 0 */
  readonly seed?: number;
  /** @default 256 */
  readonly maxNewTokens?: number;
  /** Texts that end generation; never part of the result. */
  readonly stop?: readonly string[];
}

/** One generated token. */
export interface GeneratedToken {
  readonly id: number;
  /** Text that became final with this token; empty inside a multi-token character. */
  readonly text: string;
  /** Natural logarithm of the probability of this token under the model, before temperature and filters. */
  readonly logProbability: number;
}

/** A prompt: text, and where the soft tokens of each modality go. */
export type PromptSegment = { readonly text: string } | { readonly modality: Modality };

/** A causal language model that reads text and soft tokens. */
export interface LanguageModel extends Component {
  /** Width of the embedding space that soft tokens must have. */
  readonly embeddingDim: number;
  /** Streams tokens; stops at the end-of-text token, a stop text, or `maxNewTokens`. */
  generate(
    prompt: readonly PromptSegment[],
    softTokens: readonly SoftTokens[],
    options?: SamplingOptions & RunOptions,
  ): AsyncIterable<GeneratedToken>;
  /** Log-probability of each of `continuations` after `prompt`, one number each (sum over its tokens). */
  score(
    prompt: readonly PromptSegment[],
    softTokens: readonly SoftTokens[],
    continuations: readonly string[],
    options?: RunOptions,
  ): Promise<readonly { readonly logProbability: number; readonly tokens: number }[]>;
}

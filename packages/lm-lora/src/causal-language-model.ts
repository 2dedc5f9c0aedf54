import { join } from 'node:path';
import type { AttentionExtension } from '@nano-emox/engine';
import {
  Component,
  type ComponentHandle,
  type ComponentOptions,
  componentFromWeights,
  createComponent,
  loadComponent,
  type SaveOptions,
} from '@nano-emox/engine/runtime';
import { readJsonFile, writeFileAtomic } from '@nano-emox/engine/weights';
import {
  type GeneratedToken,
  type HostTensor,
  InvalidConfigError,
  type LanguageModel,
  type PromptSegment,
  type RunOptions,
  type SamplingOptions,
  type SoftTokens,
} from '@nano-emox/tensor-contract';
import type { DecoderConfig, DecoderConfigInput } from './config/decoder-config';
import { resolveExtendedConfig } from './decoder/layer-attention';
import { assemblePrompt } from './generation/assemble-prompt';
import type { RunnableDecoder } from './generation/decoder-run';
import { generateTokens } from './generation/generate';
import { type Score, scoreContinuations } from './generation/score';
import { generationDefinitionWith } from './language-model-definition';
import { TextTokenizer, type TokenizerJson } from './tokenizer/text-tokenizer';

const TOKENIZER_FILE = 'tokenizer.json';

/** Options of a language model from a folder. */
export interface LoadLanguageModelOptions extends ComponentOptions {
  /** Serves a configuration with `attention` of its type; others ignore it. @default plain attention only */
  readonly attention?: AttentionExtension | undefined;
}

/** Options of a language model made from parts. */
export interface LanguageModelOptions extends LoadLanguageModelOptions {
  /** A tokenizer, or the content of a `tokenizer.json`. */
  readonly tokenizer: TextTokenizer | TokenizerJson;
}

/**
 * A causal language model of the Qwen2 / Llama family, with LoRA where its configuration says so. Reads text and soft tokens,
 * streams text, scores given answers. Holds native memory: `dispose()` it. Calls may overlap; each has a cache of its own.
 * @example
 * const model = await CausalLanguageModel.fromPretrained('./models/language-model');
 * for await (const { text } of model.generate([{ text: 'Once' }], [], { stop: ['###'] })) process.stdout.write(text);
 */
export class CausalLanguageModel extends Component<DecoderConfig> implements LanguageModel {
  private constructor(
    handle: ComponentHandle<DecoderConfig>,
    readonly tokenizer: TextTokenizer,
    private readonly extension: AttentionExtension | undefined,
  ) {
    super(handle);
  }

  /** Fresh weights from `options.seed`, to be trained. @throws InvalidConfigError, InvalidFileError, DeviceUnavailableError */
  static async create(config: DecoderConfigInput, options: LanguageModelOptions): Promise<CausalLanguageModel> {
    const { attention } = options;
    const resolved = resolveExtendedConfig(config, attention);
    const tokenizer = fittingTokenizer(options.tokenizer, resolved);
    const handle = await createComponent(generationDefinitionWith(attention), resolved, options);
    return new CausalLanguageModel(handle, tokenizer, attention);
  }

  /** Weights from memory, under Hugging Face names. @throws InvalidConfigError, InvalidFileError, WeightsMismatchError */
  static async fromWeights(
    config: DecoderConfigInput,
    weights: ReadonlyMap<string, HostTensor>,
    options: LanguageModelOptions,
  ): Promise<CausalLanguageModel> {
    const { attention } = options;
    const resolved = resolveExtendedConfig(config, attention);
    const tokenizer = fittingTokenizer(options.tokenizer, resolved);
    const handle = await componentFromWeights(generationDefinitionWith(attention), resolved, weights, options);
    return new CausalLanguageModel(handle, tokenizer, attention);
  }

  /** A folder that `save` wrote. @throws MissingFileError, InvalidFileError, InvalidConfigError, WeightsMismatchError */
  static async fromPretrained(folder: string, options: LoadLanguageModelOptions = {}): Promise<CausalLanguageModel> {
    const path = join(folder, TOKENIZER_FILE);
    const tokenizer = TextTokenizer.fromJson((await readJsonFile(path)) as TokenizerJson, path);
    const handle = await loadComponent(generationDefinitionWith(options.attention), folder, options);
    try {
      return new CausalLanguageModel(handle, fittingTokenizer(tokenizer, handle.config), options.attention);
    } catch (error) {
      await handle.dispose();
      throw error;
    }
  }

  get embeddingDim(): number {
    return this.config.hidden;
  }

  /**
   * Streams tokens until an end-of-text token, a stop text, `maxNewTokens`, or the end of the model's positions. Every token
   * that was generated comes out once, the end-of-text token too; the texts joined are the answer. The stream can be read
   * once; its cache is freed when it ends, fails, or the reader leaves the loop.
   * @throws MissingModalityError, InvalidArgumentError, ShapeMismatchError, AbortedError, DisposedError – when reading begins
   */
  async *generate(
    prompt: readonly PromptSegment[],
    softTokens: readonly SoftTokens[] = [],
    options: SamplingOptions & RunOptions = {},
  ): AsyncGenerator<GeneratedToken, void, undefined> {
    const assembled = assemblePrompt(this.tokenizer, this.config, prompt, softTokens);
    yield* generateTokens(this.decoder, this.tokenizer, assembled, options);
  }

  /**
   * Log-probability of each of `continuations` after `prompt`, summed over its tokens. A continuation is tokenised by
   * itself, as an answer is in training, and no end-of-text token is added.
   * @throws MissingModalityError, InvalidArgumentError, ShapeMismatchError, AbortedError, DisposedError
   */
  async score(
    prompt: readonly PromptSegment[],
    softTokens: readonly SoftTokens[],
    continuations: readonly string[],
    options: RunOptions = {},
  ): Promise<readonly Score[]> {
    const assembled = assemblePrompt(this.tokenizer, this.config, prompt, softTokens);
    const ids = continuations.map((text) => this.tokenizer.encode(text));
    return scoreContinuations(this.decoder, assembled, ids, options);
  }

  private get decoder(): RunnableDecoder {
    return { handle: this.handle, extension: this.extension };
  }

  /** Writes `config.json`, `model.safetensors` and `tokenizer.json` into `folder`, each atomically. */
  override async save(folder: string, options: SaveOptions = {}): Promise<void> {
    await super.save(folder, options);
    const text = `${JSON.stringify(this.tokenizer.json)}\n`;
    await writeFileAtomic(join(folder, TOKENIZER_FILE), text, { signal: options.signal });
  }
}

function fittingTokenizer(tokenizer: TextTokenizer | TokenizerJson, { vocabSize }: DecoderConfig): TextTokenizer {
  const fitting = tokenizer instanceof TextTokenizer ? tokenizer : TextTokenizer.fromJson(tokenizer);
  if (fitting.vocabSize <= vocabSize) return fitting;
  throw new InvalidConfigError({
    message: `the tokenizer has ${fitting.vocabSize} tokens, the model ${vocabSize}`,
    hint: 'Use the tokenizer.json that belongs to the model, or a larger config.vocabSize.',
    field: 'vocabSize',
  });
}

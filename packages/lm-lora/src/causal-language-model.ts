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
  type FloatTensor,
  type GeneratedToken,
  type HostTensor,
  InvalidConfigError,
  type LanguageModel,
  type PromptSegment,
  type RunOptions,
  type SamplingOptions,
  type SoftTokens,
} from '@nano-emox/tensor-contract';
import type { ChatMessage, ChatTemplate } from './chat/chat-template';
import { CHAT_TEMPLATE_FILE, readChatTemplate } from './chat/chat-template-file';
import { type ReadLanguageCheckpointOptions, readLanguageCheckpoint } from './checkpoint/read-language-checkpoint';
import type { DecoderConfig, DecoderConfigInput } from './config/decoder-config';
import { resolveExtendedConfig } from './decoder/layer-attention';
import { assemblePrompt } from './generation/assemble-prompt';
import { continuationLogits } from './generation/continuation-logits';
import { promptPrecision, type RunnableDecoder } from './generation/decoder-run';
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
  /** How the model reads conversations. @default it was not taught to */
  readonly chatTemplate?: ChatTemplate | undefined;
}

/** Options of a language model from a checkpoint. */
export interface LanguageCheckpointOptions
  extends LoadLanguageModelOptions,
    Pick<ReadLanguageCheckpointOptions, 'maxPositions' | 'lora'> {}

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
    /** How the model reads conversations; undefined for one that was not taught to. */
    readonly chatTemplate: ChatTemplate | undefined,
  ) {
    super(handle);
  }

  /** Fresh weights from `options.seed`, to be trained. @throws InvalidConfigError, InvalidFileError, DeviceUnavailableError */
  static async create(config: DecoderConfigInput, options: LanguageModelOptions): Promise<CausalLanguageModel> {
    const { attention } = options;
    const resolved = resolveExtendedConfig(config, attention);
    const tokenizer = fittingTokenizer(options.tokenizer, resolved);
    const handle = await createComponent(generationDefinitionWith(attention), resolved, options);
    return new CausalLanguageModel(handle, tokenizer, attention, options.chatTemplate);
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
    return new CausalLanguageModel(handle, tokenizer, attention, options.chatTemplate);
  }

  /** A folder that `save` wrote. @throws MissingFileError, InvalidFileError, InvalidConfigError, WeightsMismatchError */
  static async fromPretrained(folder: string, options: LoadLanguageModelOptions = {}): Promise<CausalLanguageModel> {
    const path = join(folder, TOKENIZER_FILE);
    const tokenizer = TextTokenizer.fromJson((await readJsonFile(path)) as TokenizerJson, path);
    const chatTemplate = await readChatTemplate(folder);
    const handle = await loadComponent(generationDefinitionWith(options.attention), folder, options);
    try {
      return new CausalLanguageModel(
        handle,
        fittingTokenizer(tokenizer, handle.config),
        options.attention,
        chatTemplate,
      );
    } catch (error) {
      await handle.dispose();
      throw error;
    }
  }

  /**
   * A language model of the Llama or Qwen2 family as people have it: a GGUF file, or the folder of a Hugging Face repository.
   * @throws as {@link readLanguageCheckpoint}, and DeviceUnavailableError
   * @example
   * const model = await CausalLanguageModel.fromCheckpoint('SmolLM2-135M-Instruct.Q4_1.gguf');
   * const prompt = model.chatPrompt([{ role: 'user', content: 'What is the capital of France?' }]);
   * for await (const { text } of model.generate(prompt)) process.stdout.write(text); // The capital of France is Paris.
   */
  static async fromCheckpoint(path: string, options: LanguageCheckpointOptions = {}): Promise<CausalLanguageModel> {
    const { maxPositions, lora, ...rest } = options;
    const { seed, signal } = options;
    const { config, weights, ...read } = await readLanguageCheckpoint(path, { maxPositions, lora, seed, signal });
    return CausalLanguageModel.fromWeights(config, weights, { ...rest, ...read });
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

  /**
   * Logits that decide each token of a given answer, computed as {@link generate} computes them, prompt first and then token by token: to
   * compare precisions or devices.
   * @param continuation token ids, such as those of a generated answer
   * @returns float32 `[continuation.length, vocabSize]`
   * @throws MissingModalityError, InvalidArgumentError, ShapeMismatchError, AbortedError, DisposedError
   */
  async continuationLogits(
    prompt: readonly PromptSegment[],
    softTokens: readonly SoftTokens[],
    continuation: readonly number[],
    options: RunOptions = {},
  ): Promise<FloatTensor> {
    const assembled = assemblePrompt(this.tokenizer, this.config, prompt, softTokens);
    return continuationLogits(this.decoder, assembled, continuation, options);
  }

  /**
   * A conversation as a prompt of {@link generate}, as the model was taught to read it; it ends where the answer begins.
   * @throws InvalidConfigError when the model has no chat template, InvalidArgumentError when the template refuses the messages
   */
  chatPrompt(messages: readonly ChatMessage[]): PromptSegment[] {
    if (!this.chatTemplate) {
      throw new InvalidConfigError({
        message: 'the language model has no chat template',
        hint: 'Give the prompt as text, or load a checkpoint that brings a template.',
        field: 'chatTemplate',
      });
    }
    const { bos, eos } = this.config.specialTokens;
    const textOf = (id: number | null | undefined) => (typeof id === 'number' ? this.tokenizer.decode([id]) : '');
    const bosToken = textOf(bos);
    const text = this.chatTemplate.render(messages, { bosToken, eosToken: textOf(eos[0]) });
    // Templates write the first token, and a prompt gets it anyway.
    return [{ text: bosToken !== '' && text.startsWith(bosToken) ? text.slice(bosToken.length) : text }];
  }

  /** Compiles what answers, and what reads prompts where that is another graph. @throws AbortedError, DisposedError */
  override async warmUp(options: RunOptions = {}): Promise<void> {
    await super.warmUp(options);
    await this.handle.warmUp({ ...options, precision: promptPrecision(this.handle) });
  }

  private get decoder(): RunnableDecoder {
    return { handle: this.handle, extension: this.extension };
  }

  /** Writes `config.json`, `model.safetensors`, `tokenizer.json` and the chat template into `folder`, each atomically. */
  override async save(folder: string, options: SaveOptions = {}): Promise<void> {
    await super.save(folder, options);
    const text = `${JSON.stringify(this.tokenizer.json)}\n`;
    const write = { signal: options.signal };
    await writeFileAtomic(join(folder, TOKENIZER_FILE), text, write);
    if (this.chatTemplate) await writeFileAtomic(join(folder, CHAT_TEMPLATE_FILE), this.chatTemplate.source, write);
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

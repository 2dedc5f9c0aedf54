import { join } from 'node:path';
import type { AttentionDiscrepancy } from '@nano-emox/duplex-attention';
import { FORMAT_VERSION, type SaveOptions } from '@nano-emox/engine/runtime';
import { readJsonFile, writeFileAtomic } from '@nano-emox/engine/weights';
import type { TextTokenizer, TokenizerJson } from '@nano-emox/lm-lora';
import type { MediaSource } from '@nano-emox/media';
import type { AnyTaskId, Dialogue, TaskId } from '@nano-emox/tasks';
import { DisposedError, InvalidConfigError, type RunOptions } from '@nano-emox/tensor-contract';
import { AnalysisRun } from '../analysis/analysis-run';
import { type AnalyzeOptions, analysisEvents, isEncoded } from '../analysis/analyze';
import { type AnalyzeTextOptions, analyzeText, type TextOutcomes } from '../analysis/analyze-text';
import type { AskOptions } from '../analysis/ask-task';
import { type EncodeClipOptions, type EncodedClip, encodeClip, unobserved } from '../analysis/encode-clip';
import type { TaskOutcome } from '../analysis/events';
import { type MeasureAttentionOptions, measureAttention } from '../analysis/measure-attention';
import { type ResponseDelta, respondTo } from '../analysis/respond';
import { type EmotionMoment, type TimelineOptions, timelineOf } from '../analysis/timeline';
import { type EmotionModelConfig, resolveModelConfig } from '../model-config';
import { type AssemblyParts, assembleComponents } from './assemble-components';
import {
  createComponents,
  loadComponents,
  type ModelComponents,
  type ModelOptions,
  type OpenComponents,
  type OptionalComponents,
  saveComponents,
} from './components';
import { resolveModelFolder } from './resolve-folder';

/** Tag of a whole model in `config.json`. */
const COMPONENT = 'nano-emox';

/**
 * The whole model: a clip in, six answers out. Assembled from the component packages and nothing else. Holds native memory:
 * `dispose()` it. Calls may overlap.
 * @example
 * const model = await NanoEmoX.fromPretrained('tiny');
 * const { tasks } = await model.analyze('talk.mp4', { words: 'I passed!' });
 * console.log(tasks.mer); // { status: 'parsed', value: { emotion: 'happy' }, confidence: 0.93, … }
 * await model.dispose();
 * @see Nano-EmoX (CVPR 2026)
 */
export class NanoEmoX {
  private disposal: Promise<void> | undefined;

  private constructor(
    readonly config: EmotionModelConfig,
    private readonly opened: OpenComponents,
  ) {}

  /**
   * A model with trained weights.
   * @param model folder that {@link NanoEmoX.save} wrote, or `'tiny'` for the weights in `@nano-emox/weights-tiny`
   * @throws MissingDependencyError when the weights of a preset are not installed, MissingFileError, InvalidFileError,
   *   InvalidConfigError, WeightsMismatchError, DeviceUnavailableError
   */
  static async fromPretrained(model: string, options: ModelOptions = {}): Promise<NanoEmoX> {
    const folder = await resolveModelFolder(model);
    const path = join(folder, 'config.json');
    const { component, formatVersion, ...stored } = (await readJsonFile(path)) as Partial<EmotionModelConfig> & {
      component?: string;
      formatVersion?: number;
    };
    if (component !== COMPONENT || formatVersion !== FORMAT_VERSION) {
      throw new InvalidConfigError({
        message: `${path} describes ${String(component)} in format ${String(formatVersion)}, expected ${COMPONENT} in format ${FORMAT_VERSION}`,
        hint: 'Give the folder of a whole model, or update nano-emox.',
        field: component === COMPONENT ? 'formatVersion' : 'component',
      });
    }
    const config = resolveModelConfig(stored);
    return new NanoEmoX(config, await loadComponents(folder, config, options));
  }

  /** A model with fresh weights, to be trained or tested. @throws InvalidConfigError */
  static async create(
    config: Partial<EmotionModelConfig>,
    options: ModelOptions & { readonly tokenizer: TextTokenizer | TokenizerJson },
  ): Promise<NanoEmoX> {
    const resolved = resolveModelConfig(config);
    return new NanoEmoX(resolved, await createComponents(resolved, options.tokenizer, options));
  }

  /**
   * A model around a language model as people have it, to be trained: adapters, fusion and low-rank matrices begin fresh, the encoders,
   * too, unless they are taken from another model, sizes included.
   * @throws MissingFileError, InvalidFileError, WeightsMismatchError, InvalidConfigError (another language model than `config` says)
   * @example
   * const parts = { languageModel: 'SmolLM2-135M-Instruct.Q4_1.gguf', encoders: 'tiny' };
   * const model = await NanoEmoX.assemble(presets.small, parts);
   * await model.save('./small'); // what trainEmotionModel of @nano-emox/recipes starts from
   */
  static async assemble(
    config: Partial<EmotionModelConfig>,
    parts: AssemblyParts,
    options: ModelOptions = {},
  ): Promise<NanoEmoX> {
    const assembled = await assembleComponents(config, parts, options);
    return new NanoEmoX(assembled.config, assembled.opened);
  }

  /** The parts; each can be used alone. They belong to the model. */
  get components(): ModelComponents & OptionalComponents {
    return this.opened.components;
  }

  /** Runtime and device in use. */
  get device(): string {
    return this.opened.executor.device;
  }

  /**
   * Understands a clip: iterate the run for events as they happen, or await it for the result.
   * @param source path, `file:` URL, bytes, or a clip that {@link NanoEmoX.encode} has read already
   * @throws (when iterated or awaited) MissingFileError, InvalidMediaError, MissingModalityError, InvalidArgumentError, AbortedError, DisposedError
   */
  analyze(source: MediaSource | EncodedClip, options: AnalyzeOptions = {}): AnalysisRun {
    return new AnalysisRun(() => {
      this.checkLive();
      return analysisEvents(this.analysisModel, source, options);
    }, options.onEvent);
  }

  /**
   * Understands words without a clip: any of the six tasks and the five affect tasks of `@nano-emox/tasks`, which rest on text alone.
   * @throws MissingModalityError when there are no words, InvalidArgumentError, AbortedError, DisposedError
   * @example
   * const { vOc } = await model.analyzeText('What a day!', { tasks: ['vOc'] });
   */
  async analyzeText<Id extends AnyTaskId = TaskId>(
    words: string,
    options: AnalyzeTextOptions<Id> = {},
  ): Promise<TextOutcomes<Id>> {
    this.checkLive();
    return analyzeText(this, words, options);
  }

  /** Reads a clip once, to ask about it many times. */
  async encode(source: MediaSource, options: EncodeClipOptions = {}): Promise<EncodedClip> {
    this.checkLive();
    return encodeClip(this.analysisModel, source, options, unobserved);
  }

  /**
   * Answers a dialogue with empathy, streaming first the chain of empathy, then the response; the generator returns the whole.
   * @param options.clip the speaker's clip, if there is one
   */
  async *respond(
    dialogue: Dialogue,
    options: AskOptions & { readonly clip?: MediaSource | EncodedClip } = {},
  ): AsyncGenerator<ResponseDelta, TaskOutcome<'erg'>, undefined> {
    this.checkLive();
    const { clip: source, ...rest } = options;
    const clip = source === undefined ? undefined : isEncoded(source) ? source : await this.encode(source, rest);
    return yield* respondTo(this.analysisModel, dialogue, clip, rest);
  }

  /**
   * The emotion along a clip, moment by moment: each rests on its own frame, face and stretch of sound alone. No text is generated.
   * @param source path, `file:` URL, bytes, or a clip that {@link NanoEmoX.encode} has read already
   * @throws (when iterated) MissingFileError, InvalidMediaError, InvalidArgumentError, AbortedError, DisposedError
   * @example
   * for await (const { startSeconds, emotion, probabilities } of model.timeline('talk.mp4')) {
   *   console.log(startSeconds, emotion, probabilities[emotion]);
   * }
   */
  async *timeline(
    source: MediaSource | EncodedClip,
    options: TimelineOptions = {},
  ): AsyncGenerator<EmotionMoment, void, undefined> {
    this.checkLive();
    const clip = isEncoded(source) ? source : await this.encode(source, options);
    yield* timelineOf(this.analysisModel, clip, options);
  }

  /**
   * How unevenly the language model attends to words and to what it sees and hears, layer by layer, while it reads a question about a
   * clip. Plain data. Compiles a graph of its own for the call.
   * @throws MissingFileError, InvalidMediaError, MissingModalityError, AbortedError, DisposedError
   */
  async measureAttention(
    source: MediaSource | EncodedClip,
    options: MeasureAttentionOptions = {},
  ): Promise<AttentionDiscrepancy> {
    this.checkLive();
    const clip = isEncoded(source) ? source : await this.encode(source, options);
    return measureAttention(this.components, this.config, this.opened.executor, clip, options);
  }

  /**
   * Compiles every part and starts the face detector now instead of at the first clip.
   * @throws MissingDependencyError, AbortedError, DisposedError
   */
  async warmUp(options: RunOptions = {}): Promise<void> {
    this.checkLive();
    const detection = this.config.input.faceCrop === 'detect' ? this.opened.faceDetector.warmUp() : undefined;
    // The language model takes as long as all the rest: its thread begins with it.
    const { languageModel, ...others } = this.components;
    const parts = [languageModel, ...Object.values(others)].map((part) => part.warmUp(options));
    await Promise.all([detection, ...parts]);
  }

  /** Writes `config.json` and a folder for each component. */
  async save(folder: string, options: SaveOptions = {}): Promise<void> {
    this.checkLive();
    await saveComponents(this.components, folder, options);
    const config = { component: COMPONENT, formatVersion: FORMAT_VERSION, ...this.config };
    await writeFileAtomic(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  }

  /** Frees all sessions and ends the face detector. Idempotent. */
  dispose(): Promise<void> {
    this.disposal ??= this.opened.dispose();
    return this.disposal;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  private get analysisModel() {
    const { components, executor, faceDetector, faceTokens } = this.opened;
    const { device, warnings: runtimeWarnings } = executor;
    return { config: this.config, components, faceDetector, faceTokens, device, runtimeWarnings };
  }

  private checkLive(): void {
    if (this.disposal)
      throw new DisposedError({ message: 'NanoEmoX was used after dispose()', hint: 'Load the model again.' });
  }
}

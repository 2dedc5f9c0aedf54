import { join } from 'node:path';
import { Adapter } from '@nano-emox/adapters';
import { AudioEncoder } from '@nano-emox/audio-encoder';
import { PerceptionHead } from '@nano-emox/distillation';
import { duplexAttention } from '@nano-emox/duplex-attention';
import type { Executor, Precision } from '@nano-emox/engine';
import { type ComponentOptions, openExecutor, type SaveOptions } from '@nano-emox/engine/runtime';
import { FaceEncoder } from '@nano-emox/face-encoder';
import { FusionExperts } from '@nano-emox/fusion-experts';
import { CausalLanguageModel, type TextTokenizer, type TokenizerJson } from '@nano-emox/lm-lora';
import { FaceDetector } from '@nano-emox/media';
import { SceneEncoder } from '@nano-emox/scene-encoder';
import { FaceTokens } from '../analysis/face-tokens';
import type { EmotionModelConfig } from '../model-config';
import { partPrecision } from './part-precision';

/** The parts of a model, ready to run. */
export interface ModelComponents {
  readonly faceEncoder: FaceEncoder;
  readonly sceneEncoder: SceneEncoder;
  readonly audioEncoder: AudioEncoder;
  readonly videoAdapter: Adapter;
  readonly audioAdapter: Adapter;
  readonly fusion: FusionExperts;
  readonly languageModel: CausalLanguageModel;
}

/** Parts that a model may have besides. */
export interface OptionalComponents {
  /** Decides on the emotion together with the language model. */
  readonly perceptionHead?: PerceptionHead;
}

/** Folder of each component inside a model folder. */
export const componentFolders = {
  faceEncoder: 'face-encoder',
  sceneEncoder: 'scene-encoder',
  audioEncoder: 'audio-encoder',
  videoAdapter: 'video-adapter',
  audioAdapter: 'audio-adapter',
  fusion: 'fusion-experts',
  languageModel: 'language-model',
} as const satisfies Readonly<Record<keyof ModelComponents, string>>;

/** Folders of the optional ones. */
export const optionalFolders = {
  perceptionHead: 'perception-head',
} as const satisfies Readonly<Record<keyof OptionalComponents, string>>;

/** How each part is opened. */
export type Loaders = {
  readonly [Part in keyof ModelComponents]: (options: ComponentOptions) => Promise<ModelComponents[Part]>;
} & {
  readonly [Part in keyof OptionalComponents]?: (
    options: ComponentOptions,
  ) => Promise<NonNullable<OptionalComponents[Part]>>;
};

/** Options of a whole model. */
export interface ModelOptions extends ComponentOptions {
  /**
   * How products with the weights are computed. `'int4'` is for the language model's answers; what it reads, and all other parts, are then
   * computed as with `'int8'`. @default 'float32'
   */
  readonly precision?: Precision;
  /**
   * Whether compiling the parts and starting the face detector begins while the model is still being loaded. Nobody waits for
   * it; what fails there fails again where it is needed. @default false
   */
  readonly warmUp?: boolean;
  /**
   * Whether idle threads wait for work spinning. Those of a small model leave the cores to decoders and the face detector; a token of a
   * large one is a thousand short products, and waking threads for each costs it a fifth. @default whether the language model is at
   * least 1024 wide
   */
  readonly spin?: boolean;
  /** @default for a large model two, one of which loads the language model while the other loads the rest; else one */
  readonly workers?: number;
}

/** Components with the runtime they share, and the face detector. */
export interface OpenComponents {
  readonly components: ModelComponents & OptionalComponents;
  readonly executor: Executor;
  /** One thread for all clips; begins with the first that looks for faces. */
  readonly faceDetector: FaceDetector;
  /** For single frames of encoded clips. */
  readonly faceTokens: FaceTokens;
  readonly dispose: () => Promise<void>;
}

/** Components from a model folder. */
export function loadComponents(
  folder: string,
  config: EmotionModelConfig,
  options: ModelOptions,
): Promise<OpenComponents> {
  const path = (part: keyof ModelComponents) => join(folder, componentFolders[part]);
  return openComponents(config, options, {
    faceEncoder: (shared) => FaceEncoder.fromPretrained(path('faceEncoder'), shared),
    sceneEncoder: (shared) => SceneEncoder.fromPretrained(path('sceneEncoder'), shared),
    audioEncoder: (shared) => AudioEncoder.fromPretrained(path('audioEncoder'), shared),
    videoAdapter: (shared) => Adapter.fromPretrained(path('videoAdapter'), shared),
    audioAdapter: (shared) => Adapter.fromPretrained(path('audioAdapter'), shared),
    fusion: (shared) => FusionExperts.fromPretrained(path('fusion'), shared),
    languageModel: (shared) =>
      CausalLanguageModel.fromPretrained(path('languageModel'), { ...shared, attention: duplexAttention }),
    ...(config.perceptionHead && {
      perceptionHead: (shared: ComponentOptions) =>
        PerceptionHead.fromPretrained(join(folder, optionalFolders.perceptionHead), shared),
    }),
  });
}

/** Components with fresh weights. */
export function createComponents(
  config: EmotionModelConfig,
  tokenizer: TextTokenizer | TokenizerJson,
  options: ModelOptions,
): Promise<OpenComponents> {
  return openComponents(config, options, {
    ...freshParts(config),
    languageModel: (shared) =>
      CausalLanguageModel.create(config.languageModel, { ...shared, tokenizer, attention: duplexAttention }),
  });
}

/** Everything but the language model, with fresh weights. */
export const freshParts = (config: EmotionModelConfig): Omit<Loaders, 'languageModel'> => ({
  faceEncoder: (shared) => FaceEncoder.create(config.faceEncoder, shared),
  sceneEncoder: (shared) => SceneEncoder.create(config.sceneEncoder, shared),
  audioEncoder: (shared) => AudioEncoder.create(config.audioEncoder, shared),
  videoAdapter: (shared) => Adapter.create(config.videoAdapter, shared),
  audioAdapter: (shared) => Adapter.create(config.audioAdapter, shared),
  fusion: (shared) => FusionExperts.create(config.fusion, shared),
  ...(config.perceptionHead && {
    perceptionHead: (shared: ComponentOptions) => PerceptionHead.create(config.perceptionHead, shared),
  }),
});

/** From this width on a language model is large. */
const LARGE_HIDDEN = 1024;

/** Opens every part on one runtime; if one fails, those already open are freed. */
export async function openComponents(
  config: EmotionModelConfig,
  options: ModelOptions,
  loaders: Loaders,
): Promise<OpenComponents> {
  const { warmUp = false, precision = 'float32', ...shared } = options;
  const isLarge = config.languageModel.hidden >= LARGE_HIDDEN;
  const sizes = { spin: isLarge, ...(isLarge && { workers: 2 }) };
  const executor = options.executor ?? (await openExecutor({ ...sizes, ...shared }));
  const faceDetector = new FaceDetector();
  const opened: { dispose(): Promise<void> }[] = [faceDetector];
  // Before the parts, as it takes longest.
  if (warmUp && config.input.faceCrop === 'detect') begin(faceDetector.warmUp());
  const dispose = async () => {
    for (const part of opened) await part.dispose();
    if (!options.executor) await executor.dispose();
  };
  try {
    const parts: Partial<Record<keyof ModelComponents, unknown>> = {};
    // Largest first, so that it is compiled beside all others.
    const { languageModel, ...others } = loaders;
    for (const [name, load] of Object.entries({ languageModel, ...others }) as [
      keyof ModelComponents,
      Loaders[keyof ModelComponents],
    ][]) {
      const part = await load({ ...shared, executor, precision: partPrecision(name, precision) });
      opened.push(part);
      parts[name] = part;
      if (warmUp) begin(part.warmUp());
    }
    const components = parts as ModelComponents;
    const faceTokens = new FaceTokens(components.faceEncoder, executor);
    opened.push(faceTokens);
    return { components, executor, faceDetector, faceTokens, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Lets work go on by itself; its failure is met again where its result is needed. */
function begin(work: Promise<void>): void {
  work.catch(() => undefined);
}

/** Writes every component into its folder. */
export async function saveComponents(
  components: ModelComponents & OptionalComponents,
  folder: string,
  options: SaveOptions,
): Promise<void> {
  const folders = { ...componentFolders, ...optionalFolders };
  for (const [part, name] of Object.entries(folders) as [keyof typeof folders, string][]) {
    await components[part]?.save(join(folder, name), options);
  }
}

import { join } from 'node:path';
import { Adapter } from '@nano-emox/adapters';
import { AudioEncoder } from '@nano-emox/audio-encoder';
import { duplexAttention } from '@nano-emox/duplex-attention';
import type { Executor } from '@nano-emox/engine';
import { type ComponentOptions, openExecutor, type SaveOptions } from '@nano-emox/engine/runtime';
import { FaceEncoder } from '@nano-emox/face-encoder';
import { FusionExperts } from '@nano-emox/fusion-experts';
import { CausalLanguageModel, type TextTokenizer, type TokenizerJson } from '@nano-emox/lm-lora';
import { SceneEncoder } from '@nano-emox/scene-encoder';
import type { EmotionModelConfig } from '../model-config';

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

type Loaders = {
  readonly [Part in keyof ModelComponents]: (options: ComponentOptions) => Promise<ModelComponents[Part]>;
};

/** Components with the runtime they share. */
export interface OpenComponents {
  readonly components: ModelComponents;
  readonly executor: Executor;
  readonly dispose: () => Promise<void>;
}

/** Components from a model folder. */
export function loadComponents(folder: string, options: ComponentOptions): Promise<OpenComponents> {
  const path = (part: keyof ModelComponents) => join(folder, componentFolders[part]);
  return open(options, {
    faceEncoder: (shared) => FaceEncoder.fromPretrained(path('faceEncoder'), shared),
    sceneEncoder: (shared) => SceneEncoder.fromPretrained(path('sceneEncoder'), shared),
    audioEncoder: (shared) => AudioEncoder.fromPretrained(path('audioEncoder'), shared),
    videoAdapter: (shared) => Adapter.fromPretrained(path('videoAdapter'), shared),
    audioAdapter: (shared) => Adapter.fromPretrained(path('audioAdapter'), shared),
    fusion: (shared) => FusionExperts.fromPretrained(path('fusion'), shared),
    languageModel: (shared) =>
      CausalLanguageModel.fromPretrained(path('languageModel'), { ...shared, attention: duplexAttention }),
  });
}

/** Components with fresh weights. */
export function createComponents(
  config: EmotionModelConfig,
  tokenizer: TextTokenizer | TokenizerJson,
  options: ComponentOptions,
): Promise<OpenComponents> {
  return open(options, {
    faceEncoder: (shared) => FaceEncoder.create(config.faceEncoder, shared),
    sceneEncoder: (shared) => SceneEncoder.create(config.sceneEncoder, shared),
    audioEncoder: (shared) => AudioEncoder.create(config.audioEncoder, shared),
    videoAdapter: (shared) => Adapter.create(config.videoAdapter, shared),
    audioAdapter: (shared) => Adapter.create(config.audioAdapter, shared),
    fusion: (shared) => FusionExperts.create(config.fusion, shared),
    languageModel: (shared) =>
      CausalLanguageModel.create(config.languageModel, { ...shared, tokenizer, attention: duplexAttention }),
  });
}

/** Opens every part on one runtime; if one fails, those already open are freed. */
async function open(options: ComponentOptions, loaders: Loaders): Promise<OpenComponents> {
  const executor = options.executor ?? (await openExecutor(options));
  const opened: { dispose(): Promise<void> }[] = [];
  const dispose = async () => {
    for (const part of opened) await part.dispose();
    if (!options.executor) await executor.dispose();
  };
  try {
    const parts: Partial<Record<keyof ModelComponents, unknown>> = {};
    for (const [name, load] of Object.entries(loaders) as [keyof ModelComponents, Loaders[keyof ModelComponents]][]) {
      const part = await load({ ...options, executor });
      opened.push(part);
      parts[name] = part;
    }
    return { components: parts as ModelComponents, executor, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Writes every component into its folder. */
export async function saveComponents(components: ModelComponents, folder: string, options: SaveOptions): Promise<void> {
  for (const [part, name] of Object.entries(componentFolders) as [keyof ModelComponents, string][]) {
    await components[part].save(join(folder, name), options);
  }
}

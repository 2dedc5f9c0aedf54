import { join } from 'node:path';
import { AudioEncoder, resolveAudioEncoderConfig } from '@nano-emox/audio-encoder';
import { duplexAttention } from '@nano-emox/duplex-attention';
import { initializeWeights, traceModule } from '@nano-emox/engine';
import { type ComponentOptions, readModelFolder } from '@nano-emox/engine/runtime';
import {
  FaceEncoder,
  type FaceEncoderConfig,
  faceTokensModule,
  resolveConfig as resolveFaceConfig,
} from '@nano-emox/face-encoder';
import { attachAttention, CausalLanguageModel, type DecoderConfig, readLanguageCheckpoint } from '@nano-emox/lm-lora';
import { resolveConfig as resolveSceneConfig, SceneEncoder } from '@nano-emox/scene-encoder';
import { type HostTensor, InvalidConfigError } from '@nano-emox/tensor-contract';
import { type EmotionModelConfig, resolveModelConfig } from '../model-config';
import {
  componentFolders,
  freshParts,
  type Loaders,
  type ModelOptions,
  type OpenComponents,
  openComponents,
} from './components';
import { resolveModelFolder } from './resolve-folder';

/** What a model is assembled from; everything else begins fresh. */
export interface AssemblyParts {
  /** A language model as people have it: a GGUF file, or the folder of a Hugging Face repository. */
  readonly languageModel: string;
  /** A whole model whose three encoders are taken, with their own sizes: a folder, or `'tiny'`. @default fresh encoders */
  readonly encoders?: string;
}

type Weights = ReadonlyMap<string, HostTensor>;

/** Components around a language model from a checkpoint, and what they turned out to be. */
export async function assembleComponents(
  partial: Partial<EmotionModelConfig>,
  parts: AssemblyParts,
  options: ModelOptions,
): Promise<{ readonly config: EmotionModelConfig; readonly opened: OpenComponents }> {
  const given = resolveModelConfig(partial);
  const encoders = parts.encoders === undefined ? undefined : await storedEncoders(given, parts.encoders, options);
  const config = resolveModelConfig({ ...given, ...encoders?.configs });
  const opened = await openComponents(config, options, {
    ...freshParts(config),
    ...encoders?.loaders,
    languageModel: (shared) => languageModelFrom(parts.languageModel, config.languageModel, shared),
  });
  return { config, opened };
}

/** Encoders bring their own sizes; only what the face encoder makes for the language model is as wide as the configuration says. */
async function storedEncoders(
  { faceEncoder: { lmDim } }: EmotionModelConfig,
  model: string,
  { seed, signal }: ModelOptions,
) {
  const folder = await resolveModelFolder(model);
  const read = async (part: keyof typeof componentFolders) => {
    const stored = await readModelFolder(join(folder, componentFolders[part]), { signal });
    const { component: _, formatVersion: __, ...config } = stored.config;
    return { config, weights: stored.weights };
  };
  const [face, scene, audio] = [await read('faceEncoder'), await read('sceneEncoder'), await read('audioEncoder')];
  const configs = {
    faceEncoder: resolveFaceConfig({ ...face.config, lmDim }),
    sceneEncoder: resolveSceneConfig(scene.config),
    audioEncoder: resolveAudioEncoderConfig(audio.config),
  };
  const faceWeights = withFittingHead(face.weights, configs.faceEncoder, seed);
  const loaders = {
    faceEncoder: (shared) => FaceEncoder.fromWeights(configs.faceEncoder, faceWeights, shared),
    sceneEncoder: (shared) => SceneEncoder.fromWeights(configs.sceneEncoder, scene.weights, shared),
    audioEncoder: (shared) => AudioEncoder.fromWeights(configs.audioEncoder, audio.weights, shared),
  } satisfies Partial<Loaders>;
  return { configs, loaders };
}

/** The face encoder ends in the language model's width: behind another one, what makes tokens of its features begins fresh. */
function withFittingHead(stored: Weights, config: FaceEncoderConfig, seed = 0): Weights {
  const fresh = initializeWeights(traceModule(faceTokensModule, config), seed);
  const fits = [...fresh].every(([name, { dims }]) => stored.get(name)?.dims.join() === dims.join());
  return fits ? stored : new Map([...stored, ...fresh]);
}

async function languageModelFrom(
  path: string,
  config: DecoderConfig,
  options: ComponentOptions,
): Promise<CausalLanguageModel> {
  const { maxPositions, lora, attention } = config;
  const { seed, signal } = options;
  const { tokenizer, chatTemplate, ...read } = await readLanguageCheckpoint(path, { maxPositions, lora, seed, signal });
  // Which tokens frame a prompt of the six tasks is the model's own affair.
  requireEqual(path, { ...read.config, specialTokens: config.specialTokens, ...(attention && { attention }) }, config);
  const { weights } = attention ? attachAttention(read, attention, duplexAttention, seed) : read;
  return CausalLanguageModel.fromWeights(config, weights, {
    ...options,
    tokenizer,
    chatTemplate,
    attention: duplexAttention,
  });
}

/** Sizes show in the shapes of weights, but frequencies and epsilons do not. */
function requireEqual(path: string, stated: DecoderConfig, expected: DecoderConfig): void {
  for (const field of Object.keys(expected) as (keyof DecoderConfig)[]) {
    const [is, should] = [JSON.stringify(stated[field]), JSON.stringify(expected[field])];
    if (is === should) continue;
    throw new InvalidConfigError({
      message: `${path} holds a language model whose ${field} is ${is}, the configuration says ${should}`,
      hint: 'Give the language model of the preset, or a configuration around this one (aroundLanguageModel).',
      field: `languageModel.${field}`,
    });
  }
}

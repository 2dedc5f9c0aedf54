import { join } from 'node:path';
import { Adapter } from '@nano-emox/adapters';
import { AudioEncoder } from '@nano-emox/audio-encoder';
import { type Executor, initializeWeights, traceModule } from '@nano-emox/engine';
import { FORMAT_VERSION, readModelFolder } from '@nano-emox/engine/runtime';
import { matricesAsInt8, scopeWeights, writeFileAtomic } from '@nano-emox/engine/weights';
import { FaceEncoder, faceFeaturesModule, faceTokensModule } from '@nano-emox/face-encoder';
import { FusionExperts, fusionModule } from '@nano-emox/fusion-experts';
import { CausalLanguageModel, type TextTokenizer } from '@nano-emox/lm-lora';
import { SceneEncoder } from '@nano-emox/scene-encoder';
import type { HostTensor } from '@nano-emox/tensor-contract';
import { componentFolders, type EmotionModelConfig, type ModelComponents } from 'nano-emox';
import { duplexAttention, weightRoots } from 'nano-emox/training';
import type { PretrainedFolders } from './pretrained-folders';
import type { PartStorage } from './training-options';

const float16 = () => 'float16' as const;

/** Encoders as int8 matrices, the rest as float16: what the embedded model is shipped as. */
export const defaultStorage: Required<PartStorage> = {
  faceEncoder: matricesAsInt8,
  sceneEncoder: matricesAsInt8,
  audioEncoder: matricesAsInt8,
  videoAdapter: float16,
  audioAdapter: float16,
  fusion: float16,
  languageModel: float16,
};

export interface SaveModelOptions {
  readonly config: EmotionModelConfig;
  readonly pretrained: PretrainedFolders;
  /** Of `emotionNetwork`. */
  readonly weights: ReadonlyMap<string, HostTensor>;
  readonly tokenizer: TextTokenizer;
  readonly executor: Executor;
  readonly seed: number;
  readonly storage?: PartStorage;
}

/**
 * Writes a whole model from the frozen encoders and what was trained above them: a folder for each component, then the
 * configuration that makes it a model. A branch that the configuration does without gets its fresh weights. A perception head is
 * left out, since it was fitted to the answers of another language model: `trainPerceptionHead` makes a new one.
 */
export async function saveEmotionModel(target: string, options: SaveModelOptions): Promise<void> {
  const { config, storage = {} } = options;
  for (const [part, open] of Object.entries(partsOf(options)) as [keyof ModelComponents, () => Promise<Savable>][]) {
    const component = await open();
    try {
      await component.save(join(target, componentFolders[part]), { storage: storage[part] ?? defaultStorage[part] });
    } finally {
      await component.dispose();
    }
  }
  const { perceptionHead: _, ...written } = config;
  const described = { component: 'nano-emox', formatVersion: FORMAT_VERSION, ...written };
  await writeFileAtomic(join(target, 'config.json'), `${JSON.stringify(described, null, 2)}\n`);
}

type Savable = Pick<FaceEncoder, 'save' | 'dispose'>;

function partsOf({ config, pretrained, weights, tokenizer, executor, seed }: SaveModelOptions) {
  const shared = { executor };
  const named = (pattern: RegExp) => new Map([...weights].filter(([name]) => pattern.test(name)));
  const stored = async (part: keyof PretrainedFolders) => (await readModelFolder(pretrained[part])).weights;
  const face = async () => {
    const backbone = [...(await stored('faceEncoder'))].filter(([name]) => {
      return !faceFeaturesModule.ignores?.(name, config.faceEncoder);
    });
    const fresh = initializeWeights(traceModule(faceTokensModule, config.faceEncoder), seed);
    return new Map([...backbone, ...fresh, ...scopeWeights(weights, weightRoots.face)]);
  };
  const fusion = () => {
    const trained = named(/^(multi_|attention_mlp\.|fc_att\.)/);
    return trained.size > 0 ? trained : initializeWeights(traceModule(fusionModule, config.fusion), seed);
  };
  const language = () => scopeWeights(weights, weightRoots.languageModel);
  return {
    faceEncoder: async () => FaceEncoder.fromWeights(config.faceEncoder, await face(), shared),
    sceneEncoder: async () => SceneEncoder.fromWeights(config.sceneEncoder, await stored('sceneEncoder'), shared),
    audioEncoder: async () => AudioEncoder.fromWeights(config.audioEncoder, await stored('audioEncoder'), shared),
    videoAdapter: () => Adapter.fromWeights(config.videoAdapter, named(/^(video_|image_llama_proj\.)/), shared),
    audioAdapter: () => Adapter.fromWeights(config.audioAdapter, named(/^audio_/), shared),
    fusion: () => FusionExperts.fromWeights(config.fusion, fusion(), shared),
    languageModel: () =>
      CausalLanguageModel.fromWeights(config.languageModel, language(), {
        ...shared,
        tokenizer,
        attention: duplexAttention,
      }),
  } satisfies Readonly<Record<keyof ModelComponents, () => Promise<Savable>>>;
}

import { AudioEncoder, type AudioEncoderConfig } from '@nano-emox/audio-encoder';
import type { Executor } from '@nano-emox/engine';
import { componentFromWeights, floatResult, readModelFolder } from '@nano-emox/engine/runtime';
import {
  type FaceEncoderConfig,
  faceFeaturesModule,
  resolveConfig as resolveFaceConfig,
} from '@nano-emox/face-encoder';
import { producerOf } from '@nano-emox/p2e';
import { SceneEncoder, type SceneEncoderConfig } from '@nano-emox/scene-encoder';
import type { EncodedModality, FloatTensor, HostTensor, RunOptions } from '@nano-emox/tensor-contract';
import type { NanoEmoX } from 'nano-emox';
import type { ClipFeatures } from 'nano-emox/training';
import type { PretrainedFolders } from '../train/pretrained-folders';

/** What the encoders read of one clip; what it lacks is absent. */
export interface EncoderInputs {
  /** uint8 `[frames, 3, size, size]`, whole frames. */
  readonly frames?: HostTensor;
  /** uint8 `[frames, 3, size, size]`, the face. */
  readonly faceFrames?: HostTensor;
  /** float32 `[clips, samples]`. */
  readonly clips?: HostTensor;
}

/** The three encoders, which no phase trains. */
export interface FrozenEncoders {
  /** Hash over their configurations and weights: who made the features. */
  readonly producer: string;
  readonly faceEncoder: FaceEncoderConfig;
  readonly sceneEncoder: SceneEncoderConfig;
  readonly audioEncoder: AudioEncoderConfig;
  /** Features of one clip, for a `FeatureCache`. */
  encode(inputs: EncoderInputs, options?: RunOptions): Promise<Record<string, FloatTensor>>;
  dispose(): Promise<void>;
}

/**
 * Opens encoders from their folders.
 * @throws MissingFileError, InvalidFileError, InvalidConfigError, WeightsMismatchError
 */
export async function openEncoders(
  folders: Omit<PretrainedFolders, 'languageModel'>,
  executor: Executor,
): Promise<FrozenEncoders> {
  const opened: { dispose(): Promise<void> }[] = [];
  const dispose = async () => {
    for (const part of opened) await part.dispose();
  };
  const keep = <Part extends { dispose(): Promise<void> }>(part: Part): Part => {
    opened.push(part);
    return part;
  };
  try {
    const stored = await readModelFolder(folders.faceEncoder);
    const { component: _, formatVersion: __, ...faceConfig } = stored.config;
    const definition = { type: 'face-features', module: faceFeaturesModule, resolveConfig: resolveFaceConfig };
    const face = keep(await componentFromWeights(definition, faceConfig, stored.weights, { executor }));
    const scene = keep(await SceneEncoder.fromPretrained(folders.sceneEncoder, { executor }));
    const audio = keep(await AudioEncoder.fromPretrained(folders.audioEncoder, { executor }));
    const readFace = async (frames: HostTensor, options: RunOptions) =>
      floatResult(await face.run({ frames }, options), 'features');
    return frozen({ face: { config: face.config, weights: face.weights, read: readFace }, scene, audio }, dispose);
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The encoders of an open model. They stay the model's: disposing the result does nothing. */
export function encodersOf({ components }: NanoEmoX): FrozenEncoders {
  const { faceEncoder, sceneEncoder, audioEncoder } = components;
  const { config } = faceEncoder;
  const backbone = [...faceEncoder.weights].filter(([name]) => !faceFeaturesModule.ignores?.(name, config));
  const read = async (frames: HostTensor, options: RunOptions) => (await faceEncoder.encode(frames, options)).features;
  const face = { config, weights: new Map(backbone), read };
  return frozen({ face, scene: sceneEncoder, audio: audioEncoder }, async () => undefined);
}

interface OpenParts {
  readonly face: {
    readonly config: FaceEncoderConfig;
    readonly weights: ReadonlyMap<string, HostTensor>;
    readonly read: (frames: HostTensor, options: RunOptions) => Promise<FloatTensor>;
  };
  readonly scene: SceneEncoder;
  readonly audio: AudioEncoder;
}

function frozen({ face, scene, audio }: OpenParts, dispose: () => Promise<void>): FrozenEncoders {
  const identity = ({ config, weights }: { config: object; weights: ReadonlyMap<string, HostTensor> }) => ({
    config,
    weights,
  });
  return {
    producer: producerOf({ face: identity(face), scene: identity(scene), audio: identity(audio) }),
    faceEncoder: face.config,
    sceneEncoder: scene.config,
    audioEncoder: audio.config,
    encode: async ({ frames, faceFrames, clips }, options = {}) => ({
      ...(faceFrames && { face: withoutBatch(await face.read(batchOfOne(faceFrames), options)) }),
      ...(frames && named('scene', await scene.encode(batchOfOne(frames), options))),
      ...(clips && named('audio', await audio.encode(batchOfOne(clips), options))),
    }),
    dispose,
  };
}

const named = (name: 'scene' | 'audio', { features, levels }: EncodedModality): Record<string, FloatTensor> => ({
  [name]: withoutBatch(features),
  ...(levels && { [`${name}Levels`]: withoutBatch(levels) }),
});

const batchOfOne = <Tensor extends HostTensor>(tensor: Tensor): Tensor => ({ ...tensor, dims: [1, ...tensor.dims] });
const withoutBatch = ({ dims, ...tensor }: FloatTensor): FloatTensor => ({ ...tensor, dims: dims.slice(1) });

/** What a cache gives, as a trainer takes it. */
export function clipFeatures(cached: Readonly<Record<string, FloatTensor>>): ClipFeatures {
  return Object.fromEntries(Object.entries(cached).map(([name, { data }]) => [name, data]));
}

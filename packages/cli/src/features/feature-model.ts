import { join } from 'node:path';
import { Adapter } from '@nano-emox/adapters';
import { AudioEncoder } from '@nano-emox/audio-encoder';
import { type ComponentOptions, openExecutor } from '@nano-emox/engine/runtime';
import { FaceEncoder } from '@nano-emox/face-encoder';
import { FusionExperts } from '@nano-emox/fusion-experts';
import { FaceDetector } from '@nano-emox/media';
import { readModelConfig } from '@nano-emox/recipes';
import { SceneEncoder } from '@nano-emox/scene-encoder';
import { InvalidArgumentError, throwIfAborted } from '@nano-emox/tensor-contract';
import { componentFolders, type EmotionModelConfig, partPrecision } from 'nano-emox';
import type { ModelChoice } from '../shared-options';
import type { FeatureComponent } from './options';

/** Those parts of a model that the wanted features need; the language model is never among them. */
export interface FeatureModel {
  readonly config: EmotionModelConfig;
  readonly device: string;
  readonly faceDetector: FaceDetector;
  readonly faceEncoder?: FaceEncoder;
  readonly sceneEncoder?: SceneEncoder;
  readonly audioEncoder?: AudioEncoder;
  readonly videoAdapter?: Adapter;
  readonly audioAdapter?: Adapter;
  readonly fusion?: FusionExperts;
  dispose(): Promise<void>;
}

type Part = Exclude<keyof typeof componentFolders, 'languageModel'>;

/** What each component is computed by, what it reads included. */
const partsOf: Readonly<Record<FeatureComponent, readonly Part[]>> = {
  face: ['faceEncoder'],
  scene: ['sceneEncoder'],
  voice: ['audioEncoder'],
  'video-adapter': ['sceneEncoder', 'videoAdapter'],
  'audio-adapter': ['audioEncoder', 'audioAdapter'],
  fusion: ['sceneEncoder', 'audioEncoder', 'fusion'],
};

const loaders = {
  faceEncoder: FaceEncoder.fromPretrained,
  sceneEncoder: SceneEncoder.fromPretrained,
  audioEncoder: AudioEncoder.fromPretrained,
  videoAdapter: Adapter.fromPretrained,
  audioAdapter: Adapter.fromPretrained,
  fusion: FusionExperts.fromPretrained,
} as const satisfies Record<Part, (folder: string, options: ComponentOptions) => Promise<unknown>>;

/**
 * Opens the parts that the components need on one runtime; where one fails, those already open are freed.
 * @throws MissingFileError, InvalidFileError, InvalidConfigError, WeightsMismatchError, DeviceUnavailableError, AbortedError
 */
export async function openFeatureModel(
  { model, device, threads, precision }: ModelChoice,
  components: readonly FeatureComponent[],
  signal: AbortSignal,
): Promise<FeatureModel> {
  // As everywhere: `tiny` is the preset, `./tiny` a folder of that name.
  const folder = model === 'tiny' ? (await import('@nano-emox/weights-tiny')).folder : model;
  const config = await readModelConfig(folder);
  requireBranches(config, components);
  const executor = await openExecutor({ device, spin: false, ...(threads !== undefined && { threads }) });
  const faceDetector = new FaceDetector();
  const opened: { dispose(): Promise<void> }[] = [faceDetector];
  const dispose = async () => {
    for (const part of opened) await part.dispose();
    await executor.dispose();
  };
  try {
    const parts: Partial<Record<Part, unknown>> = {};
    for (const name of new Set(components.flatMap((component) => partsOf[component]))) {
      throwIfAborted(signal, 'loading the model');
      const part = await loaders[name](join(folder, componentFolders[name]), {
        executor,
        precision: partPrecision(name, precision),
      });
      opened.push(part);
      parts[name] = part;
    }
    return { config, device: executor.device, faceDetector, ...(parts as Pick<FeatureModel, Part>), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** A model may have been trained without a branch; its file holds weights that nothing trained. @throws InvalidArgumentError */
function requireBranches({ without = [] }: EmotionModelConfig, components: readonly FeatureComponent[]): void {
  const branches = { face: 'face', fusion: 'multi' } as const;
  for (const component of components) {
    if (component !== 'face' && component !== 'fusion') continue;
    if (!without.includes(branches[component])) continue;
    throw new InvalidArgumentError({
      message: `this model was made without its ${component} branch`,
      hint: 'Leave that component out with --component.',
      argument: 'component',
    });
  }
}

import { Random } from '@nano-emox/engine';
import { faceFeaturesModule, presets, resolveConfig } from '@nano-emox/face-encoder';
import type { DataSet } from '@nano-emox/p2e';
import { presets as scenePresets, resolveConfig as resolveSceneConfig, sceneEncoderModule } from '@nano-emox/scene-encoder';
import type { HostTensor } from '@nano-emox/tensor-contract';
import { faceBatch } from '../data/face-batch';
import { type FaceSet, loadFaces } from '../data/faces';
import { type LabelledBatch, trainClassifier } from './train-classifier';

export interface PretrainOptions {
  readonly cacheFolder: string;
  readonly runFolder: string;
  readonly seed: number;
  readonly steps: number;
}

const VALIDATION_BATCH = 128;

/** Faces of a set, one picture as a clip of one frame. */
function batchOf(set: FaceSet, indices: readonly number[], size: number, augment?: Random): LabelledBatch {
  const data = faceBatch(set, indices, { size, ...(augment && { augment }) });
  const frames: HostTensor = { type: 'uint8', dims: [indices.length, 1, 3, size, size], data };
  return { inputs: { frames }, labels: indices.map((index) => set.labels[index] as number) };
}

function* validationBatches(set: FaceSet, size: number): Iterable<LabelledBatch> {
  for (let start = 0; start < set.count; start += VALIDATION_BATCH) {
    const indices = Array.from({ length: Math.min(VALIDATION_BATCH, set.count - start) }, (_, index) => start + index);
    yield batchOf(set, indices, size);
  }
}

async function faceTask({ cacheFolder, runFolder, seed, steps }: PretrainOptions, imageSize: number) {
  const { train, validation } = await loadFaces({ cacheFolder });
  const random = new Random(seed);
  const set: DataSet<number> = { name: 'fer2013', length: train.count, get: (index) => index };
  return {
    dataSets: [set],
    collate: (indices: readonly number[]) => batchOf(train, indices, imageSize, random),
    validation: () => validationBatches(validation, imageSize),
    validateEverySteps: 400,
    seed,
    runFolder,
    phase: {
      mixture: { fer2013: 1 },
      learningRates: { all: { initial: 1e-3, minimum: 1e-5, warmup: 1e-5 } },
      warmupSteps: 150,
      steps,
      batchSize: 64,
      clipNorm: 1,
    },
  };
}

/** Face encoder: expressions of FER2013. */
export async function pretrainFaceEncoder(options: PretrainOptions): Promise<void> {
  const config = presets.tiny;
  const task = await faceTask(options, config.imageSize as number);
  await trainClassifier({ ...task, type: 'face-encoder', encoder: faceFeaturesModule, config, resolveConfig });
}

/** Scene encoder: the same pictures, read by a plain vision transformer. */
export async function pretrainSceneEncoder(options: PretrainOptions): Promise<void> {
  const config = scenePresets.tiny;
  const task = await faceTask(options, config.imageSize);
  await trainClassifier({ ...task, type: 'scene-encoder', encoder: sceneEncoderModule, config, resolveConfig: resolveSceneConfig });
}

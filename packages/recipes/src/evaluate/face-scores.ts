import { componentFromWeights, floatResult, readModelFolder } from '@nano-emox/engine/runtime';
import { mergeWeights } from '@nano-emox/engine/weights';
import {
  type FaceEncoderConfig,
  faceFeaturesModule,
  frameSize,
  resolveConfig as resolveFaceConfig,
} from '@nano-emox/face-encoder';
import { producerOf } from '@nano-emox/p2e';
import { labelSets } from '@nano-emox/tasks';
import { throwIfAborted } from '@nano-emox/tensor-contract';
import { faceBatch } from '../data/face-batch';
import { type FaceSet, loadFaces } from '../data/faces';
import { cachedSet } from '../data/set-cache';
import { classifierDefinition } from '../train/classifier';
import { chooseDecay } from './grouped-protocol';
import { type ProbeSamples, trainLinearProbe } from './linear-probe';
import { drawItems, type MeasureContext, scoreOf } from './measure-context';
import type { Score } from './score';

const classes = labelSets.sevenEmotions.length;
const FACE_BATCH = 64;

/** Options of {@link faceScores}. */
export interface FaceScoresOptions {
  /** Linear head that the face encoder was pretrained with. @default a probe is trained on the training pictures */
  readonly faceHead?: string | undefined;
}

/** Seven-class accuracy of the face encoder on the public test pictures of FER2013, which decide nothing. */
export async function faceScores(context: MeasureContext, { faceHead }: FaceScoresOptions): Promise<Score[]> {
  const { dataFolder, cacheFolder } = context;
  const { train, validation, test } = await loadFaces({ dataFolder, cacheFolder });
  const score = (head: string, value: number, count: number) =>
    scoreOf(context, {
      dataSet: 'FER2013, 7 classes',
      split: 'PublicTest',
      metric: `accuracy, ${head} on the face encoder`,
      value,
      best: 1,
      count,
    });
  const tested = drawItems(indicesOf(test), context, 'fer2013 test');
  if (faceHead !== undefined) {
    const hits = await hitsOfHead(context, faceHead, test, tested);
    return [score('pretraining head', hits / tested.length, tested.length)];
  }
  const samplesOf = async (name: string, set: FaceSet, indices: readonly number[]): Promise<ProbeSamples> => ({
    features: await faceFeatures(context, name, set, indices),
    labels: indices.map((index) => set.labels[index] as number),
  });
  const options = { executor: context.executor, classes, seed: context.seed, signal: context.signal };
  const trained = await samplesOf('train', train, drawItems(indicesOf(train), context, 'fer2013 train'));
  const judged = await samplesOf(
    'validation',
    validation,
    drawItems(indicesOf(validation), context, 'fer2013 validation'),
  );
  const weightDecay = await chooseDecay(trained, judged, options);
  const probe = await trainLinearProbe(trained, { ...options, weightDecay });
  const { features, labels } = await samplesOf('test', test, tested);
  const hits = features.filter((vector, row) => probe(vector) === labels[row]).length;
  return [score('linear probe', hits / tested.length, tested.length)];
}

const indicesOf = ({ count }: FaceSet) => Array.from({ length: count }, (_, index) => index);

/** Features of pictures, `[headWidth]` each; kept in one file per part. */
async function faceFeatures(
  { model, executor, cacheFolder, signal, onProgress }: MeasureContext,
  name: string,
  set: FaceSet,
  indices: readonly number[],
): Promise<Float32Array[]> {
  const { config, weights } = model.components.faceEncoder;
  const key = producerOf({ config, weights, indices });
  const { arrays } = await cachedSet(cacheFolder, `face-features-${name}`, key, async () => {
    const definition = { type: 'face-features', module: faceFeaturesModule, resolveConfig: resolveFaceConfig };
    const encoder = await componentFromWeights(definition, config, weights, { executor });
    const features = new Float32Array(indices.length * config.headWidth);
    try {
      for (let start = 0; start < indices.length; start += FACE_BATCH) {
        throwIfAborted(signal, 'features of faces');
        const frames = picturesOf(set, indices.slice(start, start + FACE_BATCH), config);
        features.set(floatResult(await encoder.run({ frames }, { signal }), 'features').data, start * config.headWidth);
        onProgress(Math.min(start + FACE_BATCH, indices.length), indices.length);
      }
    } finally {
      await encoder.dispose();
    }
    return { facts: {}, arrays: { features } };
  });
  const { features } = arrays as { features: Float32Array };
  return indices.map((_, row) => features.subarray(row * config.headWidth, (row + 1) * config.headWidth));
}

async function hitsOfHead(
  { model, executor, signal, onProgress }: MeasureContext,
  folder: string,
  set: FaceSet,
  indices: readonly number[],
): Promise<number> {
  const { config, weights } = model.components.faceEncoder;
  const head = await readModelFolder(folder);
  const definition = classifierDefinition(faceFeaturesModule, resolveFaceConfig);
  const classifier = await componentFromWeights(definition, config, mergeWeights(weights, head.weights), { executor });
  try {
    let hits = 0;
    for (let start = 0; start < indices.length; start += FACE_BATCH) {
      throwIfAborted(signal, 'classes of faces');
      const batch = indices.slice(start, start + FACE_BATCH);
      const { data } = floatResult(
        await classifier.run({ frames: picturesOf(set, batch, config) }, { signal }),
        'logits',
      );
      hits += batch.filter((index, row) => {
        const logits = data.subarray(row * classes, (row + 1) * classes);
        return logits.indexOf(Math.max(...logits)) === set.labels[index];
      }).length;
      onProgress(Math.min(start + FACE_BATCH, indices.length), indices.length);
    }
    return hits;
  } finally {
    await classifier.dispose();
  }
}

/** uint8 `[pictures, 1, 3, size, size]`. */
function picturesOf(set: FaceSet, indices: readonly number[], config: FaceEncoderConfig) {
  const [size] = frameSize(config);
  return { type: 'uint8', dims: [indices.length, 1, 3, size, size], data: faceBatch(set, indices, { size }) } as const;
}

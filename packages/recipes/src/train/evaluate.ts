import { join } from 'node:path';
import { componentFromWeights, openExecutor, readModelFolder } from '@nano-emox/engine/runtime';
import { mergeWeights } from '@nano-emox/engine/weights';
import { faceFeaturesModule, resolveConfig as resolveFaceConfig } from '@nano-emox/face-encoder';
import { cutClips } from '@nano-emox/media';
import { taskIds } from '@nano-emox/tasks';
import type { FloatTensor, HostTensor, SoftTokens } from '@nano-emox/tensor-contract';
import { type EncodedClip, NanoEmoX } from 'nano-emox';
import { faceBatch } from '../data/face-batch';
import { type FaceSet, loadFaces } from '../data/faces';
import { framesPerClip, loadRendered, type RenderedItem } from '../data/rendered';
import { drawFrame, faceWindow } from '../data/rendered-faces';
import { classifierDefinition, emotionClasses } from './classifier';

/** One measured number and where it comes from. */
export interface Score {
  readonly dataSet: string;
  readonly split: string;
  readonly metric: string;
  readonly value: number;
  readonly count: number;
}

/** Clips of the validation part that are asked all tasks. */
const EVALUATED_CLIPS = 120;
const FACE_BATCH = 128;

export interface EvaluateTinyOptions {
  /** Of the recipe: holds the face encoder with its pretraining head. */
  readonly runFolder: string;
  readonly cacheFolder: string;
  readonly dataFolder: string;
  /** The model to measure. */
  readonly modelFolder: string;
}

/** Measures a model of the recipe. Test sets only report; nothing is chosen by them. */
export async function evaluateTiny(options: EvaluateTinyOptions): Promise<readonly Score[]> {
  return [...(await faceScores(options)), ...(await clipScores(options))];
}

/** Seven-class accuracy of the face encoder with its pretraining head. */
async function faceScores({ cacheFolder, runFolder, dataFolder }: EvaluateTinyOptions): Promise<Score[]> {
  const executor = await openExecutor({ device: 'cpu' });
  try {
    const encoder = await readModelFolder(join(runFolder, 'face-encoder', 'model'));
    const head = await readModelFolder(join(runFolder, 'face-encoder', 'head'));
    const { component: _, formatVersion: __, ...config } = encoder.config;
    const definition = classifierDefinition(faceFeaturesModule, resolveFaceConfig);
    const classifier = await componentFromWeights(definition, config, mergeWeights(encoder.weights, head.weights), {
      executor,
    });
    const { test } = await loadFaces({ cacheFolder, dataFolder });
    const hits = await faceHits(test, async (frames) => (await classifier.run({ frames })).logits as FloatTensor);
    await classifier.dispose();
    return [
      {
        dataSet: 'FER2013',
        split: 'PublicTest',
        metric: 'accuracy, 7 classes, face encoder with linear head',
        value: hits / test.count,
        count: test.count,
      },
    ];
  } finally {
    await executor.dispose();
  }
}

async function faceHits(set: FaceSet, logitsOf: (frames: HostTensor) => Promise<FloatTensor>): Promise<number> {
  const size = 64;
  let hits = 0;
  for (let start = 0; start < set.count; start += FACE_BATCH) {
    const indices = Array.from({ length: Math.min(FACE_BATCH, set.count - start) }, (_, index) => start + index);
    const data = faceBatch(set, indices, { size });
    const { data: logits } = await logitsOf({ type: 'uint8', dims: [indices.length, 1, 3, size, size], data });
    indices.forEach((index, row) => {
      const scores = logits.subarray(row * emotionClasses.length, (row + 1) * emotionClasses.length);
      if (scores.indexOf(Math.max(...scores)) === set.labels[index]) hits++;
    });
  }
  return hits;
}

/** The whole model on rendered clips it has not seen, with and without the words. */
async function clipScores({ cacheFolder, modelFolder }: EvaluateTinyOptions): Promise<Score[]> {
  const model = await NanoEmoX.fromPretrained(modelFolder, { device: 'cpu' });
  try {
    const { validation } = await loadRendered({ cacheFolder });
    const scores: Score[] = [];
    for (const withWords of [true, false]) {
      const tally = { mer: 0, mir: 0, withIntent: 0, parsed: 0, asked: 0, count: 0 };
      for (let index = 0; index < Math.min(EVALUATED_CLIPS, validation.count); index++) {
        const item = validation.get(index);
        const words = withWords ? item.truth.script.text : '';
        const { tasks } = await model.analyze(await encodeRendered(model, item), {
          words,
          tasks: withWords ? taskIds : ['msa', 'mer'],
        });
        const outcomes = Object.values(tasks);
        tally.count++;
        tally.asked += outcomes.length;
        tally.parsed += outcomes.filter((outcome) => outcome?.status === 'parsed').length;
        if (tasks.mer?.status === 'parsed' && tasks.mer.value.emotion === item.truth.emotion) tally.mer++;
        if (withWords && item.truth.script.intent !== null) {
          tally.withIntent++;
          if (tasks.mir?.status === 'parsed' && tasks.mir.value.intent.toLowerCase() === item.truth.script.intent)
            tally.mir++;
        }
      }
      const split = `validation, ${withWords ? 'with' : 'without'} words`;
      const score = (metric: string, hits: number, count: number) =>
        scores.push({ dataSet: 'rendered clips', split, metric, value: hits / count, count });
      score('MER accuracy, 7 classes', tally.mer, tally.count);
      if (withWords) score('MIR accuracy, 20 classes', tally.mir, tally.withIntent);
      score('answers that parse', tally.parsed, tally.asked);
    }
    return scores;
  } finally {
    await model.dispose();
  }
}

/** A rendered clip through the model's own components; what `NanoEmoX.encode` does with a file. */
async function encodeRendered({ components }: NanoEmoX, item: RenderedItem): Promise<EncodedClip> {
  const size = 64;
  const area = 3 * size * size;
  const faces = new Uint8Array(framesPerClip * area);
  for (let frame = 0; frame < framesPerClip; frame++) {
    drawFrame(item, frame, { window: faceWindow(item) }, size, faces.subarray(frame * area, (frame + 1) * area));
  }
  const frames = (data: Uint8Array): HostTensor => ({ type: 'uint8', dims: [1, framesPerClip, 3, size, size], data });
  const clips = cutClips(item.samples);
  const scene = await components.sceneEncoder.encode(frames(item.frames));
  const voice = await components.audioEncoder.encode({ ...clips, dims: [1, ...clips.dims] });
  const fused = await components.fusion.fuse({
    audio: voice.levels as FloatTensor,
    scene: scene.levels as FloatTensor,
  });
  const softTokens: SoftTokens[] = [
    await components.videoAdapter.adapt(scene.features),
    { modality: 'face', embeddings: (await components.faceEncoder.encode(frames(faces))).tokens },
    await components.audioAdapter.adapt(voice.features),
    { modality: 'multi', embeddings: fused.embeddings },
  ];
  return { softTokens, modalities: softTokens.map(({ modality }) => modality), evidence: {}, warnings: [] };
}

import { actionUnitNames } from '@nano-emox/clip-renderer';
import type { Random } from '@nano-emox/engine';
import { faceFeaturesModule, frameSize, resolveConfig } from '@nano-emox/face-encoder';
import type { DataSet } from '@nano-emox/p2e';
import { resolveConfig as resolveSceneConfig, sceneEncoderModule } from '@nano-emox/scene-encoder';
import { drawFace, noChange, sampleFaceChange } from '../data/face-batch';
import { readFaceTeacher } from '../data/face-teacher';
import { type FaceSet, loadFaces } from '../data/faces';
import type { RenderedSet } from '../data/rendered';
import { drawFrame, faceWindow, jitterWindow } from '../data/rendered-faces';
import { batchRandom } from './batch-random';
import { emotionClasses } from './classifier';
import { joinedSet } from './joined-set';
import { type PretrainOptions, warmupOf } from './pretrain-options';
import { type LabelledBatch, trainClassifier } from './train-classifier';

/** Frames near the height of an expression; before and after, it is only on its way. */
const apexFrames = [2, 3, 4, 5, 6] as const;

/** A picture to learn from: one of FER2013, or one frame of a rendered clip. */
interface Picture {
  readonly source: 'fer2013' | 'rendered';
  readonly index: number;
}

const VALIDATION_BATCH = 128;

/** Draws pictures of both sources; `window` tells which part of a rendered frame is shown. */
class PictureReader {
  constructor(
    private readonly faces: FaceSet | undefined,
    private readonly clips: RenderedSet,
    private readonly size: number,
    private readonly shows: 'face' | 'frame',
    private readonly teacher?: Float32Array,
  ) {}

  read(pictures: readonly Picture[], random?: Random): LabelledBatch {
    const { size } = this;
    const area = 3 * size * size;
    const data = new Uint8Array(pictures.length * area);
    const labels = pictures.map((picture, row) => {
      const target = data.subarray(row * area, (row + 1) * area);
      return picture.source === 'fer2013'
        ? this.fer(picture.index, target, random)
        : this.rendered(picture.index, target, random);
    });
    const movements = pictures.map(({ source, index }) =>
      source === 'rendered' ? this.movementsOf(index) : undefined,
    );
    return {
      inputs: { frames: { type: 'uint8', dims: [pictures.length, 1, 3, size, size], data } },
      labels,
      teacher: pictures.map((picture) => this.teacherOf(picture)),
      movements,
    };
  }

  private teacherOf({ source, index }: Picture): Float32Array | undefined {
    const { length } = emotionClasses;
    return source === 'fer2013' ? this.teacher?.subarray(index * length, (index + 1) * length) : undefined;
  }

  private movementsOf(index: number): number[] {
    const { seenUnits } = this.clips.truth(Math.floor(index / apexFrames.length)).parameters;
    return actionUnitNames.map((name) => seenUnits[name]);
  }

  private fer(index: number, target: Uint8Array, random: Random | undefined): number {
    const change = random ? sampleFaceChange(random) : noChange;
    const faces = this.faces as FaceSet; // pictures of it are only drawn where it is there
    drawFace(faces, index, change, this.size, target, 0);
    return faces.labels[index] as number;
  }

  private rendered(index: number, target: Uint8Array, random: Random | undefined): number {
    const item = this.clips.get(Math.floor(index / apexFrames.length));
    const window = this.shows === 'face' ? faceWindow(item) : { left: 0, top: 0, side: 1 };
    const shown = random ? { window: jitterWindow(window, random), mirrored: random.uniform() < 0.5 } : { window };
    drawFrame(item, apexFrames[index % apexFrames.length] as number, shown, this.size, target);
    return emotionClasses.indexOf(item.truth.emotion);
  }
}

async function pictureTask(options: PretrainOptions, size: number, shows: 'face' | 'frame') {
  const { cacheFolder, rendered: clips, data, seed, steps } = options;
  const faces = data?.sets.includes('fer2013') ? await loadFaces({ cacheFolder, dataFolder: data.folder }) : undefined;
  const teacher =
    faces && options.faceTeacher !== undefined ? await readFaceTeacher(options.faceTeacher, faces.train) : undefined;
  const train = new PictureReader(faces?.train, clips.train, size, shows, teacher);
  const held = new PictureReader(faces?.validation, clips.validation, size, shows);
  const set = (source: Picture['source'], length: number): DataSet<Picture> => ({
    name: source,
    length,
    get: (index) => ({ source, index }),
  });
  const heldFaces = Array.from(
    { length: faces?.validation.count ?? 0 },
    (_, index): Picture => ({ source: 'fer2013', index }),
  );
  const heldFrames = actedPictures(clips.validation).map((index): Picture => ({ source: 'rendered', index }));
  const acted = actedPictures(clips.train);
  return {
    dataSet: joinedSet('pictures', [
      ...(faces ? [set('fer2013', faces.train.count)] : []),
      {
        name: 'rendered',
        length: acted.length,
        get: (index) => ({ source: 'rendered', index: acted[index] as number }),
      } satisfies DataSet<Picture>,
    ]),
    collate: (pictures: readonly Picture[]) => train.read(pictures, batchRandom(seed, pictures)),
    validation: {
      ...(faces && { fer2013: () => inBatches(heldFaces, held) }),
      ...(heldFrames.length > 0 && { rendered: () => inBatches(heldFrames, held) }),
    },
    movements: actionUnitNames.length,
    validateEverySteps: 500,
    run: options,
    phase: {
      learningRates: { all: { initial: 2e-3, minimum: 1e-5, warmup: 1e-5 } },
      warmupSteps: warmupOf(steps, 50),
      steps,
      batchSize: 64,
      clipNorm: 1,
    },
  };
}

/** Pictures in which the face shows the emotion: clip and apex frame as one number. */
function actedPictures(clips: RenderedSet): number[] {
  return Array.from({ length: clips.count }, (_, clip) => clip)
    .filter((clip) => clips.truth(clip).evidence.face)
    .flatMap((clip) => apexFrames.map((_, frame) => clip * apexFrames.length + frame));
}

function* inBatches(pictures: readonly Picture[], reader: PictureReader): Iterable<LabelledBatch> {
  for (let start = 0; start < pictures.length; start += VALIDATION_BATCH)
    yield reader.read(pictures.slice(start, start + VALIDATION_BATCH));
}

/** Face encoder: expressions of FER2013 and of the rendered faces, cropped as a detector would. */
export async function pretrainFaceEncoder(options: PretrainOptions): Promise<void> {
  const { faceEncoder: config } = options.config;
  const task = await pictureTask(options, frameSize(config)[0], 'face');
  await trainClassifier({ ...task, type: 'face-encoder', encoder: faceFeaturesModule, config, resolveConfig });
}

/** Scene encoder: the same pictures as whole frames. */
export async function pretrainSceneEncoder(options: PretrainOptions): Promise<void> {
  const { sceneEncoder: config } = options.config;
  const task = await pictureTask(options, config.imageSize, 'frame');
  await trainClassifier({
    ...task,
    type: 'scene-encoder',
    encoder: sceneEncoderModule,
    config,
    resolveConfig: resolveSceneConfig,
  });
}

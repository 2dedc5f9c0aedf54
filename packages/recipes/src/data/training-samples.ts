import type { Random } from '@nano-emox/engine';
import {
  defaultModalityMode,
  formatTarget,
  labelSets,
  type ModalityMode,
  type TaskId,
  taskIds,
} from '@nano-emox/tasks';
import type { PromptSegment } from '@nano-emox/tensor-contract';
import { actedAnswers } from './answers';
import { drawFace, noChange, sampleFaceChange, sampleFaceJitter } from './face-batch';
import type { FaceSet } from './faces';
import { framesPerClip, type RenderedSet, type RenderedTruth } from './rendered';
import { tinyPrompt } from './tiny-prompt';
import type { VoiceSet } from './voices';

/** Where the soft tokens of a sample come from. */
export type SampleMedia = 'rendered' | 'voice' | 'face';

/** One question on a clip, a voice or a face, with its answer. */
export interface TrainingSample {
  readonly media: SampleMedia;
  /** Index into the rendered clips, the voices or the faces. */
  readonly index: number;
  readonly task: TaskId;
  readonly mode: ModalityMode;
  readonly segments: readonly PromptSegment[];
  /** With the stop text `###` behind it. */
  readonly answer: string;
}

/** Samples under one name; the shape of `DataSet` in `@nano-emox/p2e`. */
export interface SampleSet {
  readonly name: string;
  readonly length: number;
  get(index: number): TrainingSample;
}

/** The media of one part, training or validation. */
export interface SampleMaterial {
  readonly rendered: Pick<RenderedSet, 'count' | 'truth'>;
  readonly voices: Pick<VoiceSet, 'count' | 'labels'>;
  readonly faces: Pick<FaceSet, 'count' | 'labels'>;
}

/** Mode of the voice and of the visual run of the first phase; all else sees everything. */
export const voiceMode: ModalityMode = 'audio_text';
export const visualMode: ModalityMode = 'face_frame';

/**
 * What each run of the curriculum samples, by the names of {@link sampleSets}. The last follows the paper's mixture of tasks
 * (18 : 28 : 5 : 31 : 18), with sentiment added: the paper reads it from OV-MER.
 */
export const tinyMixtures = {
  'perception-audio': { voices: 0.6, 'rendered-voice': 0.4 },
  'perception-visual': { faces: 0.6, 'rendered-visual': 0.4 },
  'understanding-fusion': { 'rendered-mir': 1 },
  'empathy-multitask': {
    ...{ 'rendered-mer': 18, 'rendered-ovMer': 28, 'rendered-mir': 5, 'rendered-eri': 31, 'rendered-erg': 18 },
    'rendered-msa': 10,
  },
} as const;

/**
 * The data sets of {@link tinyMixtures}: `voices`, `faces`, `rendered-voice`, `rendered-visual` and one `rendered-<task>` for
 * each task. Samples are made when asked for. One modality alone is asked only where it shows the emotion.
 */
export function sampleSets({ rendered, voices, faces }: SampleMaterial): SampleSet[] {
  const clips = Array.from({ length: rendered.count }, (_, index) => index);
  const clipsWhere = (holds: (truth: RenderedTruth) => boolean) =>
    clips.filter((index) => holds(rendered.truth(index)));
  const clipSet = (
    name: string,
    task: TaskId,
    mode: ModalityMode,
    indices: readonly number[],
    withWords: (index: number) => boolean,
  ): SampleSet => ({
    name,
    length: indices.length,
    get: (position) => {
      const index = indices[position] as number;
      const truth = rendered.truth(index);
      const subtitle = withWords(index) ? truth.script.text : '';
      return {
        media: 'rendered',
        index,
        task,
        mode,
        segments: tinyPrompt(task, { mode, subtitle }),
        answer: answerOf(truth, task),
      };
    },
  });
  const always = () => true;
  return [
    labelledSet('voices', 'voice', voiceMode, voices.labels),
    labelledSet('faces', 'face', visualMode, faces.labels),
    // Every second clip keeps its words to itself, so that the voice has to be heard.
    clipSet(
      'rendered-voice',
      'mer',
      voiceMode,
      clipsWhere(({ evidence }) => evidence.voice),
      (index) => index % 2 === 0,
    ),
    clipSet(
      'rendered-visual',
      'mer',
      visualMode,
      clipsWhere(({ evidence }) => evidence.face),
      always,
    ),
    ...taskIds.map((task) => {
      const answered = clipsWhere((truth) => task !== 'mir' || truth.script.intent !== null);
      return clipSet(`rendered-${task}`, task, defaultModalityMode, answered, always);
    }),
  ];
}

function answerOf(truth: RenderedTruth, task: TaskId): string {
  return actedAnswers(truth)[task] as string; // only clips with an intent are asked for one
}

/** Recordings and pictures of which nothing is known but the emotion. */
function labelledSet(name: string, media: SampleMedia, mode: ModalityMode, labels: Uint8Array): SampleSet {
  const segments = tinyPrompt('mer', { mode, subtitle: '' });
  const answers = labelSets.sevenEmotions.map((emotion) => formatTarget('mer', { emotion }));
  const answerAt = (index: number) => answers[labels[index] as number] as string;
  const get = (index: number): TrainingSample => ({
    media,
    index,
    task: 'mer',
    mode,
    segments,
    answer: answerAt(index),
  });
  return { name, length: labels.length, get };
}

/** Options of {@link faceClip}. */
export interface FaceClipOptions {
  /** Pixels along each side. @default 64 */
  readonly size?: number;
  /** Draws the jitter between frames. */
  readonly random: Random;
  /** Also change the picture as a whole, as `faceBatch` does. @default false */
  readonly augment?: boolean;
}

/**
 * A still picture as a clip of a person who barely moves.
 * @returns `[8, 3, size, size]`, 0..255
 */
export function faceClip(
  set: FaceSet,
  index: number,
  { size = 64, random, augment = false }: FaceClipOptions,
): Uint8Array {
  const base = augment ? sampleFaceChange(random) : noChange;
  const bytesPerFrame = 3 * size * size;
  const frames = new Uint8Array(framesPerClip * bytesPerFrame);
  for (let frame = 0; frame < framesPerClip; frame++) {
    drawFace(set, index, sampleFaceJitter(random, base), size, frames, frame * bytesPerFrame);
  }
  return frames;
}

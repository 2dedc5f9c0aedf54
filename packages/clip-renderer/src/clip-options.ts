import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { type Emotion, emotions } from './emotion';
import type { Occlusion } from './face/draw-face';
import type { Framing } from './face/setting';

/** What to render. Everything left out is drawn from the seed. */
export interface ClipOptions {
  readonly seed: number | string;
  readonly emotion?: Emotion;
  /** Strength in (0, 1]. @default drawn from [0.45, 1] */
  readonly intensity?: number;
  /** Where the emotion shows. `occluded`: paper in front of the face or camera off. @default 'matching' */
  readonly face?: 'matching' | 'neutral' | 'occluded';
  /** `silent`: no voice, only room noise; then nothing is said either. @default 'matching' */
  readonly voice?: 'matching' | 'neutral' | 'silent';
  /** `neutral`: words that fit any mood; `none`: a laugh, cry or sigh without words. @default 'matching' */
  readonly words?: 'matching' | 'neutral' | 'none';
  /** Exact occlusion; overrides the one that `face: 'occluded'` draws. */
  readonly occlusion?: Occlusion;
  /** @default drawn: half crops, the rest head and shoulders or wider */
  readonly framing?: Framing;
  /** Black and white, as FER2013. @default one clip in seven */
  readonly grayscale?: boolean;
  /** Poorness of camera and microphone, [0, 1]. @default 1: the whole spread up to poor */
  readonly roughness?: number;
}

/** Modalities that carry the emotion of a clip. */
export interface Evidence {
  readonly face: boolean;
  readonly voice: boolean;
  readonly words: boolean;
}

/** @throws InvalidArgumentError for a value outside its range, or a clip in which nothing shows the emotion */
export function checkOptions(options: ClipOptions): void {
  const { emotion, intensity, roughness, face = 'matching', voice = 'matching', words = 'matching' } = options;
  if (emotion !== undefined && !emotions.includes(emotion)) {
    fail('emotion', `renderClip: unknown emotion "${emotion}"`, `Use one of ${emotions.join(', ')}.`);
  }
  if (intensity !== undefined && !(intensity > 0 && intensity <= 1)) {
    fail(
      'intensity',
      `renderClip: intensity ${intensity} is outside (0, 1]`,
      'Give a share of the full expression, for example 0.7.',
    );
  }
  if (roughness !== undefined && !(roughness >= 0 && roughness <= 1)) {
    fail(
      'roughness',
      `renderClip: roughness ${roughness} is outside [0, 1]`,
      'Give 0 for a studio picture, 1 for the whole spread.',
    );
  }
  if (face !== 'matching' && voice !== 'matching' && words !== 'matching' && emotion !== 'neutral') {
    fail(
      'face',
      'renderClip: no modality carries the emotion',
      "Leave at least one of face, voice and words at 'matching', or ask for emotion 'neutral'.",
    );
  }
  if (voice === 'silent' && face !== 'matching' && emotion !== 'neutral') {
    fail(
      'voice',
      'renderClip: a silent clip says no words, so only the face can carry the emotion',
      "Set face: 'matching' with voice: 'silent'.",
    );
  }
  if (words === 'none' && voice === 'neutral' && emotion !== 'neutral') {
    fail(
      'words',
      'renderClip: a sound without words cannot have a neutral voice',
      "Use voice: 'matching' with words: 'none'.",
    );
  }
}

function fail(argument: string, message: string, hint: string): never {
  throw new InvalidArgumentError({ argument, message, hint });
}

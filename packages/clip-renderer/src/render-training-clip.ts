import type { ClipOptions } from './clip-options';
import { type Emotion, emotions } from './emotion';
import { sampledFrameTimes } from './frame-sampling';
import { Random } from './random';
import { type RenderedClip, renderClip } from './render-clip';

export interface TrainingClipOptions extends Omit<ClipOptions, 'seed'> {
  /** Side of the square frames, pixels. @default 112 */
  readonly size?: number;
  /** Share of clips in which one or two modalities do not show the emotion, [0, 1]. @default 0.3 */
  readonly mixedShare?: number;
}

/** A training item: the clip with its eight frames drawn. */
export interface TrainingClip extends RenderedClip {
  /** uint8 RGB `[8, 3, size, size]`, sampled as in the paper. */
  readonly frames: Uint8Array;
  readonly frameDims: readonly [8, 3, number, number];
  readonly frameTimesSeconds: readonly number[];
}

type Mixture = Pick<ClipOptions, 'face' | 'voice' | 'words'>;

/** Ways in which real clips are incomplete. The label stays the emotion that the rest shows. */
const mixtures: readonly Mixture[] = [
  { words: 'neutral' },
  { words: 'neutral' },
  { words: 'none' },
  { face: 'neutral' },
  { face: 'occluded' },
  { voice: 'neutral' },
  { voice: 'silent' },
  { words: 'neutral', face: 'neutral' },
  { words: 'neutral', voice: 'neutral' },
  { face: 'neutral', voice: 'neutral' },
];

/**
 * Renders a training item from a seed: emotion, strength, person, place and mixture are drawn from it unless given. About
 * 0.1 s at 112 × 112.
 * @throws InvalidArgumentError as {@link renderClip}
 */
export function renderTrainingClip(seed: number | string, options: TrainingClipOptions = {}): TrainingClip {
  const { size = 112, mixedShare = 0.3, ...clipOptions } = options;
  const random = new Random(`${seed}/training`);
  const emotion: Emotion = options.emotion ?? random.pick(emotions);
  const mixture = random.chance(mixedShare) ? random.pick(mixtures) : {};
  const lowerMask = random.chance(0.03) ? ({ occlusion: 'lower' } as const) : {};
  const given = options.face ?? options.voice ?? options.words;
  const clip = renderClip({ ...lowerMask, ...(given === undefined ? mixture : {}), ...clipOptions, seed, emotion });
  const frameTimesSeconds = sampledFrameTimes(clip.durationSeconds);
  const frames = new Uint8Array(8 * 3 * size * size);
  for (const [index, time] of frameTimesSeconds.entries())
    frames.set(clip.frameAt(time, { size }), index * 3 * size * size);
  return { ...clip, frames, frameDims: [8, 3, size, size], frameTimesSeconds };
}

import type { Emotion } from '../emotion';
import { mix } from '../numbers';
import type { Random } from '../random';

/**
 * How an emotion colours the voice, relative to the same speaker when calm. The directions follow the reviews of Scherer
 * (2003) and Juslin and Laukka (2003); the amounts are ours, for the emotion at full strength.
 */
export interface Prosody {
  /** Shift of the mean F0, semitones. */
  readonly pitchSemitones: number;
  /** Standard size of pitch accents, semitones. */
  readonly rangeSemitones: number;
  /** Speaking rate relative to calm. */
  readonly rate: number;
  /** Vocal effort, dB against calm. */
  readonly effortDb: number;
  /** Change of spectral tilt; below 0 brighter and harder. */
  readonly tilt: number;
  readonly breathiness: number;
  /** Added cycle irregularity, share of the period. */
  readonly jitter: number;
  /** Irregular loudness of cycles, [0, 1]. */
  readonly shimmer: number;
  /** Low, popping phonation, [0, 1]. */
  readonly creak: number;
  /** Tremble at about 6 Hz, semitones. */
  readonly tremorSemitones: number;
  /** Pitch at the end of the utterance, semitones; above 0 rises. */
  readonly finalSemitones: number;
  /** Pauses relative to calm. */
  readonly pauses: number;
  /** Formant shift by smiling (above 1) or pouting. */
  readonly lipScale: number;
}

const calm: Prosody = {
  pitchSemitones: 0,
  rangeSemitones: 1.6,
  rate: 1,
  effortDb: 0,
  tilt: 0,
  breathiness: 0,
  jitter: 0,
  shimmer: 0.02,
  creak: 0.03,
  tremorSemitones: 0,
  finalSemitones: -2,
  pauses: 1,
  lipScale: 1,
};

const fullStrength: Readonly<Record<Emotion, Prosody>> = {
  anger: {
    pitchSemitones: 4.5,
    rangeSemitones: 5,
    rate: 1.22,
    effortDb: 10,
    tilt: -0.4,
    breathiness: -0.1,
    jitter: 0.022,
    shimmer: 0.22,
    creak: 0,
    tremorSemitones: 0,
    finalSemitones: -5,
    pauses: 0.6,
    lipScale: 1.02,
  },
  disgust: {
    pitchSemitones: -2.5,
    rangeSemitones: 2.4,
    rate: 0.78,
    effortDb: 0.5,
    tilt: 0.05,
    breathiness: 0,
    jitter: 0.015,
    shimmer: 0.14,
    creak: 0.75,
    tremorSemitones: 0,
    finalSemitones: -5,
    pauses: 1.3,
    lipScale: 0.97,
  },
  fear: {
    pitchSemitones: 7.5,
    rangeSemitones: 2.6,
    rate: 1.28,
    effortDb: 2.5,
    tilt: -0.05,
    breathiness: 0.22,
    jitter: 0.035,
    shimmer: 0.16,
    creak: 0,
    tremorSemitones: 0.9,
    finalSemitones: 0.5,
    pauses: 1,
    lipScale: 1.03,
  },
  happy: {
    pitchSemitones: 5.5,
    rangeSemitones: 5.6,
    rate: 1.1,
    effortDb: 6,
    tilt: -0.22,
    breathiness: 0.03,
    jitter: 0.002,
    shimmer: 0.03,
    creak: 0,
    tremorSemitones: 0.1,
    finalSemitones: 1,
    pauses: 0.8,
    lipScale: 1.06,
  },
  neutral: calm,
  sad: {
    pitchSemitones: -2,
    rangeSemitones: 0.9,
    rate: 0.7,
    effortDb: -7.5,
    tilt: 0.35,
    breathiness: 0.38,
    jitter: 0.01,
    shimmer: 0.08,
    creak: 0.2,
    tremorSemitones: 0.25,
    finalSemitones: -3,
    pauses: 1.9,
    lipScale: 0.97,
  },
  surprise: {
    pitchSemitones: 8,
    rangeSemitones: 6.5,
    rate: 1.02,
    effortDb: 5,
    tilt: -0.15,
    breathiness: 0.1,
    jitter: 0.003,
    shimmer: 0.03,
    creak: 0,
    tremorSemitones: 0,
    finalSemitones: 12,
    pauses: 0.9,
    lipScale: 1.01,
  },
};

/** One person's way of speaking with `emotion`; `intensity` 0 is calm, 1 the full colour. */
export function sampleProsody(emotion: Emotion, intensity: number, random: Random): Prosody {
  const target = fullStrength[emotion];
  const blend = (name: keyof Prosody): number => mix(calm[name], target[name], intensity * random.uniform(0.8, 1.15));
  return {
    pitchSemitones: blend('pitchSemitones') + random.normal(0, 0.5),
    rangeSemitones: Math.max(0.4, blend('rangeSemitones') * random.uniform(0.85, 1.15)),
    rate: blend('rate') * random.uniform(0.96, 1.04),
    effortDb: blend('effortDb') + random.normal(0, 0.7),
    tilt: blend('tilt'),
    breathiness: blend('breathiness'),
    jitter: Math.max(0, blend('jitter')),
    shimmer: Math.max(0, blend('shimmer')),
    creak: Math.max(0, blend('creak')),
    tremorSemitones: Math.max(0, blend('tremorSemitones')),
    finalSemitones: blend('finalSemitones') + random.normal(0, 0.5),
    pauses: Math.max(0.3, blend('pauses')),
    lipScale: blend('lipScale'),
  };
}

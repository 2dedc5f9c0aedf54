import type { Identity } from '../face/identity';
import { clamp, mix } from '../numbers';
import type { Random } from '../random';

/** A voice's lasting traits. */
export interface Speaker {
  /** Mean F0 when calm, Hz. */
  readonly baseF0Hz: number;
  /** Formants relative to an average adult male tract; 1.17 is an average woman, 1.35 a small child. */
  readonly formantScale: number;
  /** Share of breath in the calm voice, [0, 1]. */
  readonly breathiness: number;
  /** Calm speaking rate relative to 4.2 syllables per second. */
  readonly rate: number;
  /** Fall of the source spectrum, [0, 1]; higher is duller. */
  readonly tilt: number;
  /** Cycle-to-cycle irregularity when calm, share of the period. */
  readonly jitter: number;
}

/** A voice that goes with a person's face: sex and age move pitch and tract length as they do in real populations. */
export function sampleSpeaker(person: Pick<Identity, 'masculinity' | 'ageYears'>, random: Random): Speaker {
  const child = clamp((15 - person.ageYears) / 9);
  const old = clamp((person.ageYears - 55) / 25);
  const masculine = person.masculinity * (1 - child);
  const logF0 = mix(Math.log(205), Math.log(118), masculine) + 0.3 * child + 0.05 * old * (masculine - 0.5);
  return {
    baseF0Hz: clamp(Math.exp(logF0 + random.normal(0, 0.1)), 75, 330),
    formantScale: clamp(mix(1.16, 1, masculine) + 0.17 * child + random.normal(0, 0.035), 0.9, 1.42),
    breathiness: clamp(mix(0.22, 0.12, masculine) + 0.1 * old + random.normal(0, 0.06)),
    rate: clamp(1 - 0.12 * old - 0.06 * child + random.normal(0, 0.08), 0.75, 1.25),
    tilt: clamp(0.45 + random.normal(0, 0.1), 0.2, 0.7),
    jitter: 0.006 + 0.008 * old + Math.abs(random.normal(0, 0.002)),
  };
}

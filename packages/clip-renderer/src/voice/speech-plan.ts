import type { Articulation } from '../face/face-state';
import { clamp, mix } from '../numbers';
import type { Random } from '../random';
import { isVowel, phoneme } from './phonemes';
import type { Prosody } from './prosody';
import type { Speaker } from './speaker';
import type { Sound } from './utterance';

/** Control values are given this many times per second. */
export const controlRateHz = 200;

/** Everything the synthesiser needs, one value per control step. */
export interface SpeechPlan {
  readonly steps: number;
  readonly f0Hz: Float32Array;
  readonly voicing: Float32Array;
  readonly aspiration: Float32Array;
  readonly noiseGain: Float32Array;
  readonly noiseCenterHz: Float32Array;
  readonly noiseBandwidthHz: Float32Array;
  readonly nasality: Float32Array;
  readonly formantsHz: readonly [Float32Array, Float32Array, Float32Array];
  readonly lips: readonly [Float32Array, Float32Array, Float32Array, Float32Array];
  /** Loudness contour by stress, around 1. */
  readonly loudness: Float32Array;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly syllables: number;
  /** Times of stressed vowels, seconds. */
  readonly accentsSeconds: readonly number[];
}

/** Lays sounds out in time and draws the pitch contour. */
export function planSpeech(
  sounds: readonly Sound[],
  speaker: Speaker,
  prosody: Prosody,
  random: Random,
  leadSeconds: number,
  tailSeconds: number,
): SpeechPlan {
  const rate = speaker.rate * prosody.rate;
  const lengths = sounds.map(({ name, stretch }) => {
    const { seconds, kind } = phoneme(name);
    const factor = kind === 'pause' ? prosody.pauses / Math.sqrt(rate) : 1 / rate;
    return seconds * stretch * 0.97 * factor * random.uniform(0.9, 1.12);
  });
  const speechSeconds = lengths.reduce((sum, length) => sum + length, 0);
  const steps = Math.max(1, Math.ceil((leadSeconds + speechSeconds + tailSeconds) * controlRateHz));
  const track = () => new Float32Array(steps);
  const plan = {
    steps,
    f0Hz: track(),
    voicing: track(),
    aspiration: track(),
    noiseGain: track(),
    noiseCenterHz: track().fill(3000),
    noiseBandwidthHz: track().fill(2000),
    nasality: track(),
    loudness: track().fill(1),
    formantsHz: [track().fill(500), track().fill(1500), track().fill(2500)] as const,
    lips: [track(), track(), track(), track()] as const,
    startSeconds: leadSeconds,
    endSeconds: leadSeconds + speechSeconds,
    syllables: sounds.filter(({ name }) => isVowel(name)).length,
    accentsSeconds: [] as number[],
  };
  let time = leadSeconds;
  for (const [index, sound] of sounds.entries()) {
    layDown(plan, sound, time, lengths[index]!);
    if (sound.stress > 0) plan.accentsSeconds.push(time + lengths[index]! * 0.45);
    time += lengths[index]!;
  }
  // Articulators have mass: formants and lips glide from one sound into the next.
  for (const formant of plan.formantsHz) smooth(formant, 4);
  for (const lip of plan.lips) smooth(lip, 6);
  smooth(plan.voicing, 1);
  smooth(plan.noiseGain, 1);
  smooth(plan.aspiration, 1);
  smooth(plan.nasality, 2);
  drawPitch(plan, speaker, prosody, random);
  return plan;
}

type Draft = Omit<SpeechPlan, 'accentsSeconds'> & { accentsSeconds: number[] };

function layDown(plan: Draft, sound: Sound, startSeconds: number, seconds: number): void {
  const {
    kind,
    formants,
    glideTo = formants,
    voicing,
    noise,
    aspiration = 0,
    nasal = false,
    lips,
  } = phoneme(sound.name);
  const first = Math.round(startSeconds * controlRateHz);
  const end = Math.min(plan.steps, Math.round((startSeconds + seconds) * controlRateHz));
  for (let step = first; step < end; step += 1) {
    const along = (step - first) / Math.max(1, end - first);
    const glide = clamp((along - 0.25) / 0.6);
    for (let index = 0; index < 3; index += 1) {
      plan.formantsHz[index as 0 | 1 | 2][step] = mix(formants[index as 0]!, glideTo[index as 0]!, glide);
    }
    // A stop is silent (or murmurs) until its burst in the last third.
    const released = kind !== 'stop' || along > 0.62;
    plan.voicing[step] = voicing;
    plan.aspiration[step] = released ? aspiration : 0;
    if (noise && released) {
      plan.noiseCenterHz[step] = noise[0];
      plan.noiseBandwidthHz[step] = noise[1];
      plan.noiseGain[step] = noise[2] * (kind === 'stop' ? 1.3 - along : 1);
    }
    plan.nasality[step] = nasal ? 1 : 0;
    plan.loudness[step] = 1 + 0.25 * sound.stress;
    for (let index = 0; index < 4; index += 1)
      plan.lips[index as 0][step] = index === 3 && kind === 'stop' && released ? 0.2 : lips[index as 0];
  }
}

/** Declination, accents on stressed vowels, a final turn and a tremble, in semitones around the speaker's pitch. */
function drawPitch(plan: Draft, speaker: Speaker, prosody: Prosody, random: Random): void {
  const span = Math.max(0.2, plan.endSeconds - plan.startSeconds);
  const accents = plan.accentsSeconds.map((time) => ({
    time,
    height: prosody.rangeSemitones * random.uniform(0.9, 2.1),
    width: random.uniform(0.07, 0.11),
  }));
  const phase = random.uniform(0, 2 * Math.PI);
  const tremorHz = random.uniform(5, 7.5);
  for (let step = 0; step < plan.steps; step += 1) {
    const time = step / controlRateHz;
    const along = clamp((time - plan.startSeconds) / span);
    let semitones = prosody.pitchSemitones + 1.2 - 2.4 * along - 0.45 * prosody.rangeSemitones;
    for (const { time: at, height, width } of accents)
      semitones += height * Math.exp(-0.5 * ((time - at) / width) ** 2);
    const turn = clamp((time - (plan.endSeconds - Math.min(0.45, span * 0.4))) / Math.min(0.45, span * 0.4));
    semitones += prosody.finalSemitones * turn;
    semitones += prosody.tremorSemitones * Math.sin(2 * Math.PI * tremorHz * time + phase);
    plan.f0Hz[step] = clamp(speaker.baseF0Hz * 2 ** (semitones / 12), 55, 750);
  }
  smooth(plan.loudness, 4);
}

/** Moving average over ±radius, in place. */
function smooth(values: Float32Array, radius: number): void {
  const copy = values.slice();
  const last = values.length - 1;
  for (let index = 0; index <= last; index += 1) {
    let sum = 0;
    for (let offset = -radius; offset <= radius; offset += 1) sum += copy[Math.min(last, Math.max(0, index + offset))]!;
    values[index] = sum / (2 * radius + 1);
  }
}

/** The mouth at a moment of the plan. */
export function articulationAt(plan: SpeechPlan, timeSeconds: number): Articulation {
  const step = Math.min(plan.steps - 1, Math.max(0, Math.round(timeSeconds * controlRateHz)));
  const [open, round, spread, closed] = plan.lips;
  return { open: open[step]!, round: round[step]!, spread: spread[step]!, closed: closed[step]! };
}

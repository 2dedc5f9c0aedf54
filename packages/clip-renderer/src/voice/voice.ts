import type { Random } from '../random';
import type { Prosody } from './prosody';
import { type Recording, record } from './recording';
import type { Speaker } from './speaker';
import { controlRateHz, planSpeech, type SpeechPlan } from './speech-plan';
import { sampleRateHz, synthesise } from './synthesise';
import type { Sound } from './utterance';

/** What the voice of a clip really does, measured on its plan and its samples. */
export interface VoiceMeasures {
  readonly baseF0Hz: number;
  /** Mean over voiced steps, Hz. */
  readonly f0MeanHz: number;
  /** Mean F0 against the speaker's calm pitch, semitones. */
  readonly pitchShiftSemitones: number;
  /** Standard deviation of F0, semitones. */
  readonly f0DeviationSemitones: number;
  /** F0 of the last voiced tenth against the mean, semitones. */
  readonly finalTurnSemitones: number;
  readonly syllablesPerSecond: number;
  /** Speech RMS of the dry voice, dB against the synthesiser's full scale. */
  readonly dryLevelDb: number;
  readonly effortDb: number;
  readonly breathiness: number;
  readonly creak: number;
  readonly tremorSemitones: number;
  readonly jitter: number;
}

export interface RenderedVoice {
  /** 16 kHz mono in (-1, 1). */
  readonly samples: Float32Array;
  readonly plan: SpeechPlan;
  readonly measures: VoiceMeasures;
}

export interface VoiceRequest {
  readonly sounds: readonly Sound[];
  readonly speaker: Speaker;
  readonly prosody: Prosody;
  readonly recording: Recording;
  readonly leadSeconds: number;
  readonly tailSeconds: number;
}

/** Speaks the sounds. */
export function renderVoice(
  { sounds, speaker, prosody, recording, leadSeconds, tailSeconds }: VoiceRequest,
  random: Random,
): RenderedVoice {
  const plan = planSpeech(sounds, speaker, prosody, random.fork('plan'), leadSeconds, tailSeconds);
  const dry = synthesise(plan, speaker, prosody, random.fork('source'));
  const measures = measure(plan, dry, speaker, prosody);
  return { samples: record(dry, recording, random.fork('room')), plan, measures };
}

function measure(plan: SpeechPlan, dry: Float32Array, speaker: Speaker, prosody: Prosody): VoiceMeasures {
  const semitones: number[] = [];
  let hertz = 0;
  for (let step = 0; step < plan.steps; step += 1) {
    if (plan.voicing[step]! < 0.5) continue;
    semitones.push(12 * Math.log2(plan.f0Hz[step]! / speaker.baseF0Hz));
    hertz += plan.f0Hz[step]!;
  }
  const mean = average(semitones);
  const tail = semitones.slice(-Math.max(1, Math.floor(semitones.length / 10)));
  const speechSeconds = Math.max(1 / controlRateHz, plan.endSeconds - plan.startSeconds);
  const speech = dry.subarray(Math.floor(plan.startSeconds * sampleRateHz), Math.ceil(plan.endSeconds * sampleRateHz));
  let power = 0;
  for (const value of speech) power += value * value;
  return {
    baseF0Hz: speaker.baseF0Hz,
    f0MeanHz: semitones.length > 0 ? hertz / semitones.length : 0,
    pitchShiftSemitones: mean,
    f0DeviationSemitones: Math.sqrt(average(semitones.map((value) => (value - mean) ** 2))),
    finalTurnSemitones: average(tail) - mean,
    syllablesPerSecond: plan.syllables / speechSeconds,
    dryLevelDb: 10 * Math.log10(power / Math.max(1, speech.length) + 1e-12),
    effortDb: prosody.effortDb,
    breathiness: Math.min(1, Math.max(0, speaker.breathiness + prosody.breathiness)),
    creak: prosody.creak,
    tremorSemitones: prosody.tremorSemitones,
    jitter: speaker.jitter + prosody.jitter,
  };
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

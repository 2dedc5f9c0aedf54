import type { Random } from '@nano-emox/engine';
import type { VoiceSet } from './voices';

/** Options of {@link voiceBatch}. */
export interface VoiceBatchOptions {
  /** Samples per row. @default 32000, 2 s */
  readonly clipSamples?: number;
  /** Draws position, speed, gain and noise; absent: the middle of the recording at its own level. */
  readonly augment?: Random;
}

/** How a stretch of a recording is played. */
export interface VoiceChange {
  /** Speed and pitch together, 1 is unchanged. */
  readonly speed: number;
  /** Factor of the level. */
  readonly gain: number;
  /** Standard deviation of white noise added, full scale = 1. */
  readonly noise: number;
  /** Where the stretch lies in what is too long, or the recording in what is too short, in [0, 1]. */
  readonly position: number;
}

/** The recording as it is, centred. */
export const plainVoice: VoiceChange = { speed: 1, gain: 1, noise: 0, position: 0.5 };

/** Draws a change that leaves emotion audible: speed ±10 %, level −14…+8 dB, noise between −86 and −34 dB. */
export function sampleVoiceChange(random: Random): VoiceChange {
  return {
    speed: 0.9 + 0.2 * random.uniform(),
    gain: 10 ** ((-14 + 22 * random.uniform()) / 20),
    noise: random.uniform() < 0.5 ? 10 ** ((-86 + 52 * random.uniform()) / 20) : 0,
    position: random.uniform(),
  };
}

/**
 * Recordings of `set` as network input.
 * @returns `[indices.length, 1, clipSamples]`, 16 kHz, in [-1, 1]; recordings that are too short stand in silence
 */
export function voiceBatch(set: VoiceSet, indices: ArrayLike<number>, options: VoiceBatchOptions = {}): Float32Array {
  const { clipSamples = 32_000, augment } = options;
  const batch = new Float32Array(indices.length * clipSamples);
  for (let row = 0; row < indices.length; row++) {
    const index = indices[row] as number;
    const recording = set.samples.subarray(set.offsets[index], set.offsets[index + 1]);
    drawVoice(recording, batch.subarray(row * clipSamples, (row + 1) * clipSamples), augment);
  }
  return batch;
}

/** Writes `recording` into `target`, changed as `augment` draws it; without one as it is. */
export function drawVoice(recording: Int16Array, target: Float32Array, augment?: Random): void {
  const change = augment ? sampleVoiceChange(augment) : plainVoice;
  playVoice(recording, change, target);
  if (augment && change.noise > 0) addNoise(target, change.noise, augment);
}

/** Writes `recording` into `target`, resampled linearly by `speed`; a speed near 1 needs no low-pass filter. */
export function playVoice(recording: Int16Array, { speed, gain, position }: VoiceChange, target: Float32Array): void {
  const played = Math.max(1, Math.floor(recording.length / speed));
  const slack = played - target.length;
  const skipped = slack > 0 ? Math.floor(slack * position) : 0;
  const start = slack < 0 ? Math.floor(-slack * position) : 0;
  const count = Math.min(played, target.length);
  const scale = gain / 32768;
  const last = recording.length - 1;
  for (let step = 0; step < count; step++) {
    const time = (skipped + step) * speed;
    const before = Math.min(last, Math.floor(time));
    const after = Math.min(last, before + 1);
    const value = recording[before]! + (time - before) * (recording[after]! - recording[before]!);
    target[start + step] = Math.max(-1, Math.min(1, value * scale));
  }
}

/** Uniform noise of the given standard deviation: as good as normal noise here, at a third of the time. */
function addNoise(target: Float32Array, deviation: number, random: Random): void {
  const reach = deviation * Math.sqrt(12);
  for (let index = 0; index < target.length; index++) target[index]! += (random.uniform() - 0.5) * reach;
}

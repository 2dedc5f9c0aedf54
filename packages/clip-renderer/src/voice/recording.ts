import { clamp } from '../numbers';
import type { Random } from '../random';
import { sampleRateHz } from './synthesise';

/** Microphone and room of a clip. */
export interface Recording {
  /** Level of a calm voice, dB of full scale (RMS over speech). */
  readonly calmLevelDb: number;
  /** Background noise below the calm voice, dB. */
  readonly noiseBelowDb: number;
  /** Share of the echo, [0, 0.4], and its length in seconds. */
  readonly echo: number;
  readonly echoSeconds: number;
  /** 0 white … 1 rumbling. */
  readonly noiseColor: number;
  readonly humHz: number;
}

export function sampleRecording(random: Random, roughness: number): Recording {
  return {
    calmLevelDb: -25 + random.normal(0, 2.5) * roughness,
    noiseBelowDb: 48 - random.uniform(0, 26) * roughness,
    echo: random.chance(0.6) ? random.uniform(0, 0.28) * roughness : 0,
    echoSeconds: random.uniform(0.12, 0.45),
    noiseColor: random.next(),
    humHz: random.chance(0.25) ? random.pick([50, 60] as const) : 0,
  };
}

/** Reference RMS of the synthesiser's calm voice, so that effort stays audible in the level. */
const calmReferenceRms = 0.6;

/** Adds room, noise and level to a dry voice; peaks are rounded off softly, never wrapped. */
export function record(dry: Float32Array, recording: Recording, random: Random): Float32Array {
  const wet = addEcho(dry, recording);
  const gain = 10 ** (recording.calmLevelDb / 20) / calmReferenceRms;
  const noiseRms = 10 ** ((recording.calmLevelDb - recording.noiseBelowDb) / 20);
  const smoothing = 0.02 + 0.9 * (1 - recording.noiseColor);
  let rumble = 0;
  const color = Math.sqrt((2 - smoothing) / smoothing); // keeps the filtered noise at the same power
  for (let index = 0; index < wet.length; index += 1) {
    rumble += smoothing * ((random.next() + random.next() - 1) * 2.45 - rumble);
    const hum = recording.humHz > 0 ? 0.6 * Math.sin((2 * Math.PI * recording.humHz * index) / sampleRateHz) : 0;
    const value = wet[index]! * gain + (rumble * color + hum) * noiseRms;
    wet[index] =
      Math.abs(value) > 0.7 ? Math.sign(value) * (0.7 + 0.3 * Math.tanh((Math.abs(value) - 0.7) / 0.3)) : value;
  }
  return wet;
}

/** Four damped feedback delays, a small room. */
function addEcho(dry: Float32Array, { echo, echoSeconds }: Recording): Float32Array {
  const wet = dry.slice();
  if (echo <= 0) return wet;
  for (const delaySeconds of [0.0297, 0.0371, 0.0411, 0.0237]) {
    const delay = Math.round(delaySeconds * sampleRateHz);
    const feedback = clamp(10 ** ((-3 * delaySeconds) / echoSeconds), 0, 0.9);
    const line = new Float32Array(delay);
    let damped = 0;
    for (let index = 0; index < dry.length; index += 1) {
      const slot = index % delay;
      const delayed = line[slot]!;
      damped += 0.6 * (delayed - damped);
      line[slot] = dry[index]! + damped * feedback;
      wet[index]! += delayed * echo * 0.5;
    }
  }
  return wet;
}

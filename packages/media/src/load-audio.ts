import { type FloatTensor, floatTensor } from '@nano-emox/tensor-contract';
import { clipStarts, cutClips, removeMean } from './audio-clips';
import {
  type AudioRequest,
  countSamples,
  OUTPUT_SAMPLE_RATE_HZ,
  outputSamples,
  readWholeTrack,
  readWindows,
  readWindowsInOrder,
} from './libav/audio-samples';
import type { MediaInput } from './libav/open-input';
import type { PacketScan } from './libav/scan-packets';
import type { ResolvedClipOptions } from './load-clip-options';
import type { WarningList } from './warnings';

/** Sound up to this long by the container is decoded in full, which places clips to the sample; 10 minutes take 38 MB. */
export const MAX_FULL_DECODE_SECONDS = 600;
/** Where the container is wrong about the length, sound up to this long is still held. */
const MAX_HELD_SECONDS = 1200;
/** Root mean square below which sound counts as silence: -80 dB of full scale. */
const SILENCE_RMS = 1e-4;

/** Sound of a clip. */
export interface ClipAudio {
  /** float32 `[clips, samples]`, mono 16 kHz, nominally in [-1, 1]; peaks of lossy codecs may pass it slightly. */
  readonly clips: FloatTensor;
  /** Start of each clip in the recording. */
  readonly clipStartsSeconds: readonly number[];
  /** The whole track, mono 16 kHz, with `keepSamples`. */
  readonly samples: Float32Array | undefined;
  readonly durationSeconds: number;
  /** Always 16000. */
  readonly sampleRateHz: number;
  readonly sourceSampleRateHz: number;
  readonly sourceChannels: number;
  /** Root mean square of the sound before the mean of the clips is taken off, 0..1. */
  readonly rms: number;
}

/** Reads the sound of a clip; `undefined`, with a warning, when there is none. */
export async function loadAudio(
  input: MediaInput,
  scan: PacketScan,
  options: ResolvedClipOptions,
  warnings: WarningList,
  where: string,
): Promise<ClipAudio | undefined> {
  const { channelMix, signal, onEvent } = options;
  const request: AudioRequest = { channelMix, where, signal, onEvent, warnings };
  const seconds = scan.audioEndSeconds - scan.audioStartSeconds;
  const audio =
    (seconds <= MAX_FULL_DECODE_SECONDS && (await loadShortAudio(input, seconds, options, request))) ||
    (await loadLongAudio(input, scan, seconds, options, request));
  if (!audio) {
    if (scan.audioPackets === 0) warnings.add('empty-audio-track', 'The audio track has no sound in it');
    else warnings.add('undecodable-track', 'The audio track cannot be decoded', { track: 'audio' });
    return undefined;
  }
  if (audio.rms < SILENCE_RMS) warnings.add('silent-audio', 'The sound is silence', { rms: audio.rms });
  return audio;
}

async function loadShortAudio(
  input: MediaInput,
  estimatedSeconds: number,
  options: ResolvedClipOptions,
  request: AudioRequest,
): Promise<ClipAudio | undefined> {
  const track = await readWholeTrack(input, request, estimatedSeconds, MAX_HELD_SECONDS);
  if (!track || track.tooLong || track.samples.length === 0) return undefined;
  const { samples, sourceSampleRateHz, sourceChannels } = track;
  const starts = clipStarts(samples.length, options.clipSamples, options.clips, options.clipSampling);
  return {
    clips: cutClips(samples, options),
    clipStartsSeconds: starts.map((start) => start / OUTPUT_SAMPLE_RATE_HZ),
    samples: options.keepSamples ? samples : undefined,
    durationSeconds: samples.length / OUTPUT_SAMPLE_RATE_HZ,
    sampleRateHz: OUTPUT_SAMPLE_RATE_HZ,
    sourceSampleRateHz,
    sourceChannels,
    rms: rootMeanSquare([samples]),
  };
}

async function loadLongAudio(
  input: MediaInput,
  scan: PacketScan,
  estimatedSeconds: number,
  options: ResolvedClipOptions,
  request: AudioRequest,
): Promise<ClipAudio | undefined> {
  const { clips, clipSamples, clipSampling, removeClipMean } = options;
  const isTimed = estimatedSeconds > MAX_FULL_DECODE_SECONDS;
  const totalSamples = isTimed
    ? outputSamples(estimatedSeconds, input.audio?.codecpar.sampleRate || OUTPUT_SAMPLE_RATE_HZ)
    : await countSamples(input, request);
  if (totalSamples === 0) return undefined;
  const starts = clipStarts(totalSamples, clipSamples, clips, clipSampling);
  const sought = isTimed ? await readWindows(input, request, scan.audioStartSeconds, starts, clipSamples) : undefined;
  const durationSeconds = totalSamples / OUTPUT_SAMPLE_RATE_HZ;
  if (isTimed) {
    request.warnings.add(
      'approximate-audio-position',
      'The sound is longer than 10 minutes; clips were placed by the times in the file, within about a packet',
      { durationSeconds },
    );
  }
  const read = sought ?? (await readWindowsInOrder(input, request, durationSeconds, starts, clipSamples));
  if (!read) return undefined;
  const data = new Float32Array(clips * clipSamples);
  const rms = rootMeanSquare(read.windows);
  read.windows.forEach((window, clip) => {
    if (removeClipMean) removeMean(window);
    data.set(window, clip * clipSamples);
  });
  return {
    clips: floatTensor(data, [clips, clipSamples]),
    clipStartsSeconds: starts.map((start) => start / OUTPUT_SAMPLE_RATE_HZ),
    samples: undefined,
    durationSeconds,
    sampleRateHz: OUTPUT_SAMPLE_RATE_HZ,
    sourceSampleRateHz: read.sourceSampleRateHz,
    sourceChannels: read.sourceChannels,
    rms,
  };
}

/** Root mean square of all values of all parts. */
export function rootMeanSquare(parts: readonly Float32Array[]): number {
  let sum = 0;
  let count = 0;
  for (const part of parts) {
    for (const sample of part) sum += sample * sample;
    count += part.length;
  }
  return count === 0 ? 0 : Math.sqrt(sum / count);
}

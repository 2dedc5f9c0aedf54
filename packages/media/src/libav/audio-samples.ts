import type { MediaEventListener } from '../events';
import { resampledLength, resampleRange, StreamingResampler } from '../resample';
import type { WarningList } from '../warnings';
import { type MediaInput, openInput } from './open-input';
import { type ChannelMix, toMono } from './sample-format';
import { TrackDecoder } from './track-decoder';

/** Sample rate of everything this package returns. */
export const OUTPUT_SAMPLE_RATE_HZ = 16_000;

/** Decoded before a window, so that codecs which build on earlier packets have settled. */
const PREROLL_SECONDS = 1;
/** Read past both ends of a window for the resampling filter; it reaches 6.1 samples of the lower rate. */
const FILTER_MARGIN_SECONDS = 0.05;
const SECONDS_PER_PROGRESS_EVENT = 5;

/** What the audio readers need to know. */
export interface AudioRequest {
  readonly channelMix: ChannelMix;
  readonly where: string;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: MediaEventListener | undefined;
  readonly warnings: WarningList;
}

/** Mono 16 kHz samples and what they were made from. */
export interface AudioTrack {
  readonly samples: Float32Array;
  readonly sourceSampleRateHz: number;
  readonly sourceChannels: number;
}

async function withAudioDecoder<T>(
  { source }: MediaInput,
  { where, signal, warnings }: AudioRequest,
  work: (decoder: TrackDecoder, input: MediaInput) => Promise<T>,
): Promise<T | undefined> {
  const input = await openInput(source, where);
  let decoder: TrackDecoder | undefined;
  try {
    decoder = input.audio && (await TrackDecoder.open(input, input.audio, where, signal));
    if (!decoder) return undefined;
    const result = await work(decoder, input);
    if (decoder.corruptPackets > 0) {
      warnings.add('corrupt-packets', `${decoder.corruptPackets} damaged packets were skipped`, {
        packets: decoder.corruptPackets,
      });
    }
    return result;
  } finally {
    decoder?.dispose();
    await input.close();
  }
}

/** Rate and channels of a track as decoded, which may differ from what its header says. */
export type AudioSourceFormat = Pick<AudioTrack, 'sourceSampleRateHz' | 'sourceChannels'>;

/**
 * Decodes a track from its start and hands over mono 16 kHz samples piece by piece, so nothing is held.
 * @param estimatedSeconds Length by the container, for progress only.
 * @param onPiece Returns whether to go on.
 * @returns `undefined` when no decoder takes the track
 */
function streamTrack(
  input: MediaInput,
  { onEvent, ...request }: AudioRequest,
  estimatedSeconds: number,
  onPiece: (piece: Float32Array) => boolean,
): Promise<AudioSourceFormat | undefined> {
  return withAudioDecoder(input, { onEvent, ...request }, async (decoder, { libav }) => {
    let resampler: StreamingResampler | undefined;
    let { sampleRate: sourceSampleRateHz, channels: sourceChannels } = decoder.stream.codecpar;
    let decodedSeconds = 0;
    let announcedSeconds = 0;
    let goOn = true;
    onEvent?.({ type: 'audio-start', totalSeconds: estimatedSeconds });
    while (goOn) {
      const frame = await decoder.next();
      if (!frame) break;
      const mono = toMono(frame, request.channelMix, libav);
      if (!mono || frame.sampleRate < 1) {
        decoder.corruptPackets++;
        continue;
      }
      if (resampler?.fromHz !== frame.sampleRate) {
        if (resampler) goOn = onPiece(resampler.finish());
        resampler = new StreamingResampler(frame.sampleRate, OUTPUT_SAMPLE_RATE_HZ);
        sourceSampleRateHz = frame.sampleRate;
        sourceChannels = frame.channels;
      }
      goOn &&= onPiece(resampler.push(mono));
      decodedSeconds = Math.min(decodedSeconds + mono.length / frame.sampleRate, estimatedSeconds);
      if (decodedSeconds - announcedSeconds >= SECONDS_PER_PROGRESS_EVENT) {
        announcedSeconds = decodedSeconds;
        onEvent?.({ type: 'audio-delta', decodedSeconds, totalSeconds: estimatedSeconds });
      }
    }
    if (goOn && resampler) onPiece(resampler.finish());
    onEvent?.({ type: 'audio-end', totalSeconds: estimatedSeconds });
    return { sourceSampleRateHz, sourceChannels };
  });
}

/**
 * Decodes the whole audio track. Memory: 64 kB per second of sound.
 * @param maxSeconds A track that turns out to be longer gives `tooLong` and no samples.
 * @returns `undefined` when no decoder takes the track
 */
export async function readWholeTrack(
  input: MediaInput,
  request: AudioRequest,
  estimatedSeconds: number,
  maxSeconds: number,
): Promise<(AudioTrack & { readonly tooLong: boolean }) | undefined> {
  let pieces: Float32Array[] = [];
  let length = 0;
  const format = await streamTrack(input, request, estimatedSeconds, (piece) => {
    pieces.push(piece);
    length += piece.length;
    return length <= maxSeconds * OUTPUT_SAMPLE_RATE_HZ;
  });
  if (!format) return undefined;
  const tooLong = length > maxSeconds * OUTPUT_SAMPLE_RATE_HZ;
  if (tooLong) pieces = [];
  const samples = new Float32Array(tooLong ? 0 : length);
  let offset = 0;
  for (const piece of pieces) {
    samples.set(piece, offset);
    offset += piece.length;
  }
  return { samples, tooLong, ...format };
}

/** Length of a track at 16 kHz by decoding all of it, for files whose times say nothing. */
export async function countSamples(input: MediaInput, request: AudioRequest): Promise<number> {
  let count = 0;
  await streamTrack(input, { ...request, onEvent: undefined }, 0, (piece) => {
    count += piece.length;
    return true;
  });
  return count;
}

/** {@link readWindows} for files in which one cannot go to a place: decodes from the start, exact to the sample. */
export async function readWindowsInOrder(
  input: MediaInput,
  request: AudioRequest,
  estimatedSeconds: number,
  starts: readonly number[],
  windowSamples: number,
): Promise<AudioWindows | undefined> {
  const windows = starts.map(() => new Float32Array(windowSamples));
  const end = Math.max(...starts) + windowSamples;
  let position = 0;
  const format = await streamTrack(input, request, estimatedSeconds, (piece) => {
    starts.forEach((start, index) => {
      const from = Math.max(start, position);
      const to = Math.min(start + windowSamples, position + piece.length);
      if (from < to) windows[index]!.set(piece.subarray(from - position, to - position), from - start);
    });
    position += piece.length;
    return position < end;
  });
  return format && { windows, ...format };
}

/** Samples of several stretches of a long track. */
export interface AudioWindows {
  readonly windows: readonly Float32Array[];
  readonly sourceSampleRateHz: number;
  readonly sourceChannels: number;
}

/**
 * Decodes stretches of a long track, going straight to each. Positions come from the times in the file, so they may be off
 * by part of a packet against counting every sample.
 * @param starts First sample of each stretch at 16 kHz, ascending.
 * @returns `undefined` when no decoder takes the track or going to a place in it fails
 */
export function readWindows(
  input: MediaInput,
  request: AudioRequest,
  startSeconds: number,
  starts: readonly number[],
  windowSamples: number,
): Promise<AudioWindows | undefined> {
  return withAudioDecoder(input, request, async (decoder, { libav }) => {
    const totalSeconds = (starts.length * windowSamples) / OUTPUT_SAMPLE_RATE_HZ;
    request.onEvent?.({ type: 'audio-start', totalSeconds });
    const windows: Float32Array[] = [];
    for (const start of starts) {
      const window = await readWindow(decoder, libav, request.channelMix, startSeconds, start, windowSamples);
      if (!window) return undefined;
      windows.push(window);
      const decodedSeconds = (windows.length * windowSamples) / OUTPUT_SAMPLE_RATE_HZ;
      request.onEvent?.({ type: 'audio-delta', decodedSeconds, totalSeconds });
    }
    request.onEvent?.({ type: 'audio-end', totalSeconds });
    const { sampleRate: sourceSampleRateHz, channels: sourceChannels } = decoder.stream.codecpar;
    return { windows, sourceSampleRateHz, sourceChannels };
  });
}

async function readWindow(
  decoder: TrackDecoder,
  libav: MediaInput['libav'],
  channelMix: ChannelMix,
  trackStartSeconds: number,
  start: number,
  windowSamples: number,
): Promise<Float32Array | undefined> {
  const unit = decoder.stream.timeBase.toDouble();
  const fromSeconds = start / OUTPUT_SAMPLE_RATE_HZ - FILTER_MARGIN_SECONDS;
  const toSeconds = (start + windowSamples) / OUTPUT_SAMPLE_RATE_HZ + FILTER_MARGIN_SECONDS;
  const seekSeconds = fromSeconds - PREROLL_SECONDS;
  // Going to the very start drops the first packet of codecs with a lead-in (AAC); reading on from the opening does not.
  const isAtStart = seekSeconds <= 0 && decoder.isFresh;
  if (!isAtStart && !(await decoder.seek(Math.floor((Math.max(0, seekSeconds) + trackStartSeconds) / unit)))) {
    return undefined;
  }
  let native: Float32Array | undefined;
  let nativeStart = 0;
  let rateHz = 0;
  for (;;) {
    const frame = await decoder.next();
    if (!frame) break;
    const time = frame.bestEffortTimestamp;
    const mono = toMono(frame, channelMix, libav);
    if (!mono || time === libav.constants.AV_NOPTS_VALUE) continue;
    rateHz ||= frame.sampleRate;
    const position = Math.round((Number(time) * unit - trackStartSeconds) * rateHz);
    if (!native) {
      // Past the wanted start: the container could not go there, so nothing from here on can be trusted.
      if (position > Math.max(0, fromSeconds + FILTER_MARGIN_SECONDS) * rateHz) return undefined;
      nativeStart = Math.max(0, Math.floor(fromSeconds * rateHz));
      native = new Float32Array(Math.ceil(toSeconds * rateHz) - nativeStart);
    }
    const offset = position - nativeStart;
    const skipped = Math.max(0, -offset);
    if (skipped < mono.length && offset < native.length) {
      native.set(
        mono.subarray(skipped, skipped + Math.max(0, native.length - Math.max(0, offset))),
        Math.max(0, offset),
      );
    }
    if (offset + mono.length >= native.length) break;
  }
  return native && resampleRange(native, nativeStart, start, windowSamples, rateHz, OUTPUT_SAMPLE_RATE_HZ);
}

/** Length at 16 kHz of a track that lasts `seconds`. */
export function outputSamples(seconds: number, sampleRateHz: number): number {
  return resampledLength(Math.round(seconds * sampleRateHz), sampleRateHz, OUTPUT_SAMPLE_RATE_HZ);
}

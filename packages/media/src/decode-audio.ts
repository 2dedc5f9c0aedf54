import { InvalidMediaError, MissingTrackError, throwIfAborted } from '@nano-emox/tensor-contract';
import type { MediaEventListener } from './events';
import { OUTPUT_SAMPLE_RATE_HZ, readWholeTrack } from './libav/audio-samples';
import { openInput } from './libav/open-input';
import type { ChannelMix } from './libav/sample-format';
import { MAX_FULL_DECODE_SECONDS, rootMeanSquare } from './load-audio';
import { checkSource, type MediaSource } from './source';
import { type MediaWarning, WarningList } from './warnings';

/** Options of {@link decodeAudio}. */
export interface DecodeAudioOptions {
  /** @default 'mean' */
  readonly channelMix?: ChannelMix | undefined;
  /** Longest recording taken; a second costs 64 kB. @default 600 */
  readonly maxSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: MediaEventListener | undefined;
}

/** A whole recording. */
export interface DecodedAudio {
  /** float32 mono 16 kHz, nominally in [-1, 1]. */
  readonly samples: Float32Array;
  /** Always 16000. */
  readonly sampleRateHz: number;
  readonly durationSeconds: number;
  readonly sourceSampleRateHz: number;
  readonly sourceChannels: number;
  /** Root mean square, 0..1. */
  readonly rms: number;
  readonly warnings: readonly MediaWarning[];
}

/**
 * Decodes all the sound of a file to mono 16 kHz: FLAC, Opus, WAV, MP3, AAC and the rest libav knows, also out of videos.
 * @throws MissingFileError, MissingTrackError, InvalidMediaError when it cannot be decoded or is longer than `maxSeconds`,
 *   MissingDependencyError, AbortedError
 */
export async function decodeAudio(source: MediaSource, options: DecodeAudioOptions = {}): Promise<DecodedAudio> {
  const where = 'decodeAudio';
  const { channelMix = 'mean', maxSeconds = MAX_FULL_DECODE_SECONDS, signal, onEvent } = options;
  throwIfAborted(signal, where);
  const warnings = new WarningList();
  const input = await openInput(await checkSource(source, where), where);
  const { label } = input.source;
  try {
    if (!input.audio) {
      throw new MissingTrackError({
        message: `${where}: ${label} has no audio track`,
        hint: 'Pass a file with sound.',
        path: label,
        track: 'audio',
      });
    }
    const seconds = Math.max(0, Number(input.format.duration)) / 1e6;
    const track = await readWholeTrack(input, { channelMix, where, signal, onEvent, warnings }, seconds, maxSeconds);
    if (track?.tooLong) {
      throw new InvalidMediaError({
        message: `${where}: ${label} is longer than ${maxSeconds} s`,
        hint: 'Raise maxSeconds (64 kB of memory per second), or use loadClip, whose memory does not grow with the file.',
        path: label,
      });
    }
    if (!track || track.samples.length === 0) {
      throw new InvalidMediaError({
        message: `${where}: the sound of ${label} cannot be decoded`,
        hint: 'The file is damaged or uses a codec that is not known. Convert it to WAV or FLAC.',
        path: label,
      });
    }
    const { samples, sourceSampleRateHz, sourceChannels } = track;
    const durationSeconds = samples.length / OUTPUT_SAMPLE_RATE_HZ;
    const rms = rootMeanSquare([samples]);
    return {
      samples,
      sampleRateHz: OUTPUT_SAMPLE_RATE_HZ,
      durationSeconds,
      sourceSampleRateHz,
      sourceChannels,
      rms,
      warnings: warnings.toArray(),
    };
  } finally {
    await input.close();
  }
}

import type { AudioEncoder } from '@nano-emox/audio-encoder';
import { cutClips, decodeAudio } from '@nano-emox/media';
import { contentHashOf, FeatureCache, producerOf } from '@nano-emox/p2e';
import { type FloatTensor, floatTensor, type RunOptions, throwIfAborted } from '@nano-emox/tensor-contract';
import { activeRange } from '../data/voice-activity';
import { plainVoice, playVoice } from '../data/voice-batch';
import { toInt16, voiceSampleRateHz } from '../data/voices';

/** Length of a stretch of sound as the encoder hears it: 2 s. */
const stretchSamples = 2 * voiceSampleRateHz;
const MOST_STRETCHES = 8;
/** To be raised when the features of a recording are taken in another way. */
const SAMPLING_VERSION = 1;

/** Options of {@link voiceFeatures}. */
export interface VoiceFeaturesOptions extends RunOptions {
  readonly cacheFolder: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * One feature vector for each recording: what the frozen encoder gives at its end and at its depths, as means over the stretches
 * of the recording; the silence around the voice is cut away. Computed once, then read from the cache.
 */
export async function voiceFeatures(
  encoder: AudioEncoder,
  recordings: readonly Uint8Array[],
  { cacheFolder, signal, onProgress }: VoiceFeaturesOptions,
): Promise<Float32Array[]> {
  const { config, weights } = encoder;
  const producer = producerOf({ voice: SAMPLING_VERSION, config, weights });
  const cache = await FeatureCache.open({ folder: cacheFolder, producer });
  const vectors: Float32Array[] = [];
  for (const bytes of recordings) {
    throwIfAborted(signal, 'features of voices');
    const key = await contentHashOf(bytes);
    const { pooled } = await cache.read(key, async () => ({ pooled: await pooledFeatures(encoder, bytes) }), {
      signal,
    });
    vectors.push((pooled as FloatTensor).data);
    onProgress?.(vectors.length, recordings.length);
  }
  return vectors;
}

async function pooledFeatures(encoder: AudioEncoder, bytes: Uint8Array): Promise<FloatTensor> {
  const { samples } = await decodeAudio(bytes);
  const { start, end } = activeRange(samples, voiceSampleRateHz);
  const clips = stretchesOf(samples.subarray(start, end));
  const { features, levels } = await encoder.encode({ ...clips, dims: [1, ...clips.dims] });
  const [, time = 1] = features.dims;
  const pooled = [features, ...(levels ? [levels] : [])].map(({ data }) => meanOverTime(data, time));
  const vector = Float32Array.from(pooled.flatMap((values) => [...values]));
  return floatTensor(vector, [vector.length]);
}

/** A short recording stands in the middle of one stretch, as in training; a longer one is covered from end to end. */
function stretchesOf(samples: Float32Array): FloatTensor {
  if (samples.length <= stretchSamples) {
    const stretch = new Float32Array(stretchSamples);
    playVoice(toInt16(samples), plainVoice, stretch);
    return floatTensor(stretch, [1, stretchSamples]);
  }
  const clips = Math.min(MOST_STRETCHES, Math.ceil(samples.length / stretchSamples));
  return cutClips(samples, { clips, clipSamples: stretchSamples, clipSampling: 'cover-end' });
}

/** @param values `[time, …]`, row-major */
function meanOverTime(values: Float32Array, time: number): Float32Array {
  const width = values.length / time;
  const mean = new Float32Array(width);
  values.forEach((value, index) => {
    mean[index % width] = (mean[index % width] as number) + value / time;
  });
  return mean;
}

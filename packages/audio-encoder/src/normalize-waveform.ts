import { add, div, mean, mul, sqrt, sub, type Value } from '@nano-emox/engine';
import type { WaveformNormalization } from './config';

/** Added to the variance, so that silence stays silence (transformers, `Wav2Vec2FeatureExtractor`). */
const VARIANCE_EPSILON = 1e-7;

/** Axes of `[batch, clips, samples]` that share one mean and variance. */
const sharedAxes: Readonly<Record<Exclude<WaveformNormalization, 'none'>, readonly number[]>> = {
  'joint-clips': [1, 2],
  'joint-batch': [0, 1, 2],
  'per-clip': [2],
};

/** `samples` `[batch, clips, samples]` with mean 0 and population variance 1 over the samples that belong together. */
export function normalizeWaveform(samples: Value, normalization: WaveformNormalization): Value {
  if (normalization === 'none') return samples;
  const axes = sharedAxes[normalization];
  const centered = sub(samples, mean(samples, axes, true));
  const variance = mean(mul(centered, centered), axes, true);
  return div(centered, sqrt(add(variance, VARIANCE_EPSILON)));
}

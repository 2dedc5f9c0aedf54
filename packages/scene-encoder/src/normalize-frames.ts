import { add, cast, constantOf, mul, type Value } from '@nano-emox/engine';
import type { SceneEncoderConfig } from './config';

/** RGB mean and deviation of CLIP's training images in [0, 1] (Radford et al. 2021; `preprocessor_config.json` of the checkpoints). */
const CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073];
const CLIP_DEVIATION = [0.26862954, 0.26130258, 0.27577711];

/** Images `[images, 3, height, width]` to CLIP's `pixel_values`. With `clip` the values must be 0…255. */
export function normalizeFrames(images: Value, normalization: SceneEncoderConfig['normalization']): Value {
  const pixels = images.type === 'float32' ? images : cast(images, 'float32');
  if (normalization === 'none') return pixels;
  const scale = CLIP_DEVIATION.map((deviation) => 1 / (255 * deviation));
  const offset = CLIP_MEAN.map((mean, channel) => -mean / (CLIP_DEVIATION[channel] as number));
  return add(mul(pixels, constantOf(scale, [3, 1, 1])), constantOf(offset, [3, 1, 1]));
}

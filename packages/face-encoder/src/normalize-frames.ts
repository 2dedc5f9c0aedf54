import { add, cast, constantOf, mul, type Value } from '@nano-emox/engine';
import type { FaceEncoderConfig } from './config';

/** RGB mean and deviation of ImageNet in [0, 1], as torchvision's models and FaceXFormer's `inference.py` use them. */
const IMAGENET_MEAN = [0.485, 0.456, 0.406];
const IMAGENET_DEVIATION = [0.229, 0.224, 0.225];

/** Images `[images, 3, height, width]` with values 0…255 to what the backbone reads. */
export function normalizeFrames(images: Value, normalization: FaceEncoderConfig['normalization']): Value {
  const pixels = images.type === 'float32' ? images : cast(images, 'float32');
  if (normalization === 'none') return pixels;
  const scale = IMAGENET_DEVIATION.map((deviation) => 1 / (255 * deviation));
  const offset = IMAGENET_MEAN.map((mean, channel) => -mean / (IMAGENET_DEVIATION[channel] as number));
  return add(mul(pixels, constantOf(scale, [3, 1, 1])), constantOf(offset, [3, 1, 1]));
}

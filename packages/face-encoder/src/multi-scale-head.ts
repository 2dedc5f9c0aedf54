import {
  concat,
  constantOf,
  type Dim,
  fanIn,
  linear,
  linearLayer,
  matmul,
  mean,
  multiplyDims,
  reshape,
  type Value,
  type WeightScope,
} from '@nano-emox/engine';
import type { FaceEncoderConfig } from './config';
import { interpolationMatrix } from './interpolation-matrix';

/**
 * FaceXFormer's multi-scale head with the average over all positions that Nano-EmoX puts behind it: stage maps
 * `[images, heightₛ, widthₛ, channelsₛ]` to `[images, headWidth]`. Per stage a linear layer `linear_c.s.proj`, all maps at the size of
 * the first, joined from the last stage to the first, mixed by the 1 × 1 convolution `linear_fuse`. No activation, no norm.
 * @see FaceXFormer, arXiv 2403.12960, section 3.2
 */
export function multiScaleHead(
  stages: readonly Value[],
  weights: WeightScope,
  { headWidth, pooling }: Pick<FaceEncoderConfig, 'headWidth' | 'pooling'>,
): Value {
  const project = (x: Value, stage: number) => linearLayer(x, weights.scope('linear_c', stage, 'proj'), headWidth);
  const joinedWidth = stages.length * headWidth;
  const kernel = weights.get('linear_fuse.weight', [headWidth, joinedWidth, 1, 1], fanIn(joinedWidth));
  const fuse = (parts: readonly Value[]) =>
    linear(concat([...parts].reverse(), -1), reshape(kernel, [headWidth, joinedWidth]));
  if (pooling === 'shortcut') {
    // Everything after the mean is linear, so it may come first: one vector per stage instead of a full map.
    return fuse(stages.map((map, stage) => project(mean(map, [1, 2]), stage)));
  }
  const [, height, width] = (stages[0] as Value).shape as [Dim, number, number, number];
  const upsampled = stages.map((map, stage) => upsample(project(map, stage), height, width)); // [images, height, width, headWidth]
  return mean(fuse(upsampled), [1, 2]);
}

/** Bilinear resize of `[images, rows, columns, channels]`, as two products with constant matrices: no resize operation is needed. */
function upsample(x: Value, height: number, width: number): Value {
  const [images, rows, columns, channels] = x.shape as [Dim, number, number, number];
  if (rows === height && columns === width) return x;
  const vertical = constantOf(interpolationMatrix(rows, height), [height, rows]);
  const horizontal = constantOf(interpolationMatrix(columns, width), [width, columns]);
  const tall = matmul(vertical, reshape(x, [images, rows, columns * channels])); // [images, height, columns · channels]
  const wide = matmul(horizontal, reshape(tall, [multiplyDims(images, height), columns, channels])); // [images · height, width, channels]
  return reshape(wide, [images, height, width, channels]);
}

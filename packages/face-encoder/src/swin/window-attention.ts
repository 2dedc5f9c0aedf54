import {
  add,
  constantOf,
  type Dim,
  expand,
  gather,
  linearLayer,
  multiHeadAttention,
  normal,
  pad,
  reshape,
  roll,
  slice,
  split,
  transpose,
  type Value,
  type WeightScope,
  zeros,
} from '@nano-emox/engine';
import { relativePositionIndex, shiftMask, type WindowLayout } from './window-layout';

/** Deviation of fresh linear weights and position tables (torchvision, `SwinTransformer`). */
export const INITIAL_DEVIATION = 0.02;

/**
 * Attention inside the windows of a map `[images, height, width, channels]`, with relative position bias (Swin, section 3.2).
 *
 * All windows of an image go through one attention call as extra heads: position i of every window stands in row i, and head
 * `window · heads + head` reads the slice of its window. The bias is then one constant of `[1, windows · heads, positions, positions]`
 * for any number of images, shifted or not.
 */
export function windowAttention(x: Value, weights: WeightScope, heads: number, layout: WindowLayout): Value {
  const channels = x.shape[3] as number;
  const [windows, positions] = [layout.grid[0] * layout.grid[1], layout.windowSize ** 2];
  const images = x.shape[0] as Dim;
  const cut = toWindows(x, layout); // [images, positions, windows, channels]
  const qkv = linearLayer(cut, weights.scope('qkv'), 3 * channels, {
    initializer: normal(INITIAL_DEVIATION),
    biasInitializer: zeros,
  });
  const [query, key, value] = split(qkv, 3, [channels, channels, channels]).map(
    (part) => reshape(part, [images, positions, windows * channels]), // [images, positions, windows · heads · headDim]
  ) as [Value, Value, Value];
  const bias = positionBias(weights, heads, layout); // [1, windows · heads, positions, positions]
  const scale = (channels / heads) ** -0.5;
  const mixed = multiHeadAttention(query, key, value, { heads: windows * heads, scale, bias });
  const projected = linearLayer(
    reshape(mixed, [images, positions, windows, channels]),
    weights.scope('proj'),
    channels,
    {
      initializer: normal(INITIAL_DEVIATION),
      biasInitializer: zeros,
    },
  );
  return fromWindows(projected, layout); // [images, height, width, channels]
}

/** `[images, height, width, channels]` to `[images, positions, windows, channels]`. */
function toWindows(x: Value, { map, padded, grid, shift, windowSize }: WindowLayout): Value {
  const [images, , , channels] = x.shape as [Dim, number, number, number];
  let rolled = pad(x, [
    { axis: 1, before: 0, after: padded[0] - map[0] },
    { axis: 2, before: 0, after: padded[1] - map[1] },
  ]); // [images, paddedHeight, paddedWidth, channels]
  rolled = roll(roll(rolled, 1, -shift[0]), 2, -shift[1]);
  const cut = reshape(rolled, [images, grid[0], windowSize, grid[1], windowSize, channels]);
  return reshape(transpose(cut, [0, 2, 4, 1, 3, 5]), [images, windowSize ** 2, grid[0] * grid[1], channels]);
}

/** Inverse of {@link toWindows}. */
function fromWindows(x: Value, { map, padded, grid, shift, windowSize }: WindowLayout): Value {
  const [images, , , channels] = x.shape as [Dim, number, number, number];
  const cut = reshape(x, [images, windowSize, windowSize, grid[0], grid[1], channels]);
  const joined = reshape(transpose(cut, [0, 3, 1, 4, 2, 5]), [images, padded[0], padded[1], channels]);
  const rolled = roll(roll(joined, 1, shift[0]), 2, shift[1]);
  return slice(slice(rolled, 1, 0, map[0]), 2, 0, map[1]);
}

function positionBias(weights: WeightScope, heads: number, layout: WindowLayout): Value {
  const { windowSize, grid } = layout;
  const [windows, positions] = [grid[0] * grid[1], windowSize ** 2];
  const table = weights.get(
    'relative_position_bias_table',
    [(2 * windowSize - 1) ** 2, heads],
    normal(INITIAL_DEVIATION),
  );
  const index = constantOf(relativePositionIndex(windowSize), [positions * positions], 'int64');
  const perHead = reshape(transpose(gather(table, index), [1, 0]), [1, heads, positions, positions]);
  const mask = shiftMask(layout);
  const perWindow = mask // [windows, heads, positions, positions]
    ? add(perHead, constantOf(mask, [windows, 1, positions, positions]))
    : expand(perHead, [windows, heads, positions, positions]);
  return reshape(perWindow, [1, windows * heads, positions, positions]);
}

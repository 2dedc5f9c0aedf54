import {
  convolution,
  div,
  gelu,
  mul,
  normal,
  sqrt,
  sum,
  transpose,
  type Value,
  type WeightScope,
  zeros,
} from '@nano-emox/engine';
import type { AudioEncoderConfig } from './config';

/**
 * What tells a step where it is: a wide grouped convolution over the steps around it, `[rows, time, hidden]` to the same
 * shape. Its kernel is weight-normalised (Salimans & Kingma 2016) with one magnitude per tap, stored as `weight_g` and
 * `weight_v`. @see Baevski et al. 2020 (wav2vec 2.0), section 2
 */
export function positionalConvolution(x: Value, weights: WeightScope, config: AudioEncoderConfig): Value {
  const { hidden, positionKernel: kernel, positionGroups: groups } = config;
  const perGroup = hidden / groups;
  const deviation = 2 * Math.sqrt(1 / (kernel * hidden)); // transformers, `_init_weights`
  const direction = weights.get('weight_v', [hidden, perGroup, kernel], normal(deviation));
  // Fresh magnitudes equal the expected length of fresh directions, so that the kernel starts as it was drawn.
  const magnitude = weights.get('weight_g', [1, 1, kernel], {
    kind: 'constant',
    value: deviation * Math.sqrt(hidden * perGroup),
  });
  const length = sqrt(sum(mul(direction, direction), [0, 1], true)); // [1, 1, kernel]
  const taps = mul(direction, div(magnitude, length)); // [hidden, perGroup, kernel]
  const before = Math.floor(kernel / 2);
  // An even kernel pads both sides alike upstream and drops the last step: one step of padding less is the same.
  const padding = { padsBefore: [before], padsAfter: [kernel % 2 === 0 ? before - 1 : before], groups };
  const channelsFirst = transpose(x, [0, 2, 1]); // [rows, hidden, time]
  const mixed = convolution(channelsFirst, taps, weights.get('bias', [hidden], zeros), padding);
  return gelu(transpose(mixed, [0, 2, 1])); // [rows, time, hidden]
}

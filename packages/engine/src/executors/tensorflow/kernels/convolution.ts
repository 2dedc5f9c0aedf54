import type { Tensor } from '@tensorflow/tfjs-core';
import type { ConvolutionAttributes } from '../../../ops/convolution';
import { offsetsOf, productOf, stridesOf } from '../../shared/strides';
import type { KernelContext, Kernels, TensorFlow } from '../kernel';
import { product } from './matmul';

/** Position on one spatial axis that a tap of the kernel reads for a target position; outside the axis it reads zero. */
type SourceOf = (target: number, tap: number, axis: number) => number;

/**
 * Flat source index of every tap (rows) and target position (columns); `zero` where the tap meets nothing. TensorFlow.js
 * convolves channels-last, without groups, and not with stride and dilation at once; a gather and a product do all of it.
 */
function windowIndices(
  source: readonly number[],
  taps: readonly number[],
  targets: readonly number[],
  sourceOf: SourceOf,
  zero: number,
): Int32Array {
  const strides = stridesOf(source);
  return source.reduce<Int32Array>(
    (indices, size, axis) => {
      const [tapOf, targetOf] = [coordinatesOf(taps, axis), coordinatesOf(targets, axis)];
      return indices.map((sum, index) => {
        const tap = tapOf[Math.floor(index / targetOf.length)] as number;
        const at = sourceOf(targetOf[index % targetOf.length] as number, tap, axis);
        const isInside = sum !== zero && Number.isInteger(at) && at >= 0 && at < size;
        return isInside ? sum + at * (strides[axis] as number) : zero;
      });
    },
    new Int32Array(productOf(taps) * productOf(targets)),
  );
}

/** Coordinate on `axis` of every element of a block. */
const coordinatesOf = (dims: readonly number[], axis: number): Int32Array =>
  offsetsOf(
    dims,
    dims.map((_, index) => (index === axis ? 1 : 0)),
  );

interface Windows {
  readonly groups: number;
  /** Sizes of the kernel. */
  readonly taps: readonly number[];
  /** Sizes of the result. */
  readonly targets: readonly number[];
  readonly sourceOf: SourceOf;
}

/** `x` `[batch, channels, source…]` under `matrix` `[groups, filters / groups, channels / groups · taps]`. */
function contract(tf: TensorFlow, x: Tensor, matrix: Tensor, { groups, taps, targets, sourceOf }: Windows): Tensor {
  const [batch, channels, ...source] = x.shape as [number, number, ...number[]];
  const [, perGroup, inner] = matrix.shape as [number, number, number];
  const zero = productOf(source);
  const indices = tf.tensor1d(windowIndices(source, taps, targets, sourceOf, zero), 'int32');
  const flat = tf.pad(tf.reshape(x, [batch, channels, zero]), [
    [0, 0],
    [0, 0],
    [0, 1],
  ]); // [batch, channels, source + 1], the last a zero
  const windows = tf.reshape(tf.gather(flat, indices, 2), [batch, groups, inner, productOf(targets)]);
  return tf.reshape(product(tf, matrix, windows, [batch, groups]), [batch, groups * perGroup, ...targets]);
}

const targetsOf = ({ outputs: [output] }: KernelContext): readonly number[] =>
  (output as KernelContext['outputs'][number]).dims.slice(2);

export const convolutionKernels: Kernels = {
  Conv: (context) => {
    const { tf, inputs, attributes } = context;
    const [x, weight, bias] = inputs as [Tensor, Tensor, Tensor | undefined];
    const { groups, strides, dilations, padsBefore } = attributes as unknown as ConvolutionAttributes;
    const [filters, channels, ...taps] = weight.shape as [number, number, ...number[]];
    const sourceOf: SourceOf = (target, tap, axis) =>
      target * (strides[axis] as number) + tap * (dilations[axis] as number) - (padsBefore[axis] as number);
    const matrix = tf.reshape(weight, [groups, filters / groups, channels * productOf(taps)]);
    const y = contract(tf, x, matrix, { groups, taps, targets: targetsOf(context), sourceOf });
    return bias ? tf.add(y, tf.reshape(bias, [filters, ...taps.map(() => 1)])) : y;
  },
  ConvTranspose: (context) => {
    const { tf, inputs, attributes } = context;
    const [x, weight] = inputs as [Tensor, Tensor];
    const { groups, strides, dilations, padsBefore } = attributes as unknown as ConvolutionAttributes;
    const [filters, channels, ...taps] = weight.shape as [number, number, ...number[]];
    const sourceOf: SourceOf = (target, tap, axis) =>
      (target + (padsBefore[axis] as number) - tap * (dilations[axis] as number)) / (strides[axis] as number);
    const grouped = tf.reshape(weight, [groups, filters / groups, channels, productOf(taps)]);
    const matrix = tf.reshape(tf.transpose(grouped, [0, 2, 1, 3]), [
      groups,
      channels,
      (filters / groups) * productOf(taps),
    ]);
    return contract(tf, x, matrix, { groups, taps, targets: targetsOf(context), sourceOf });
  },
};

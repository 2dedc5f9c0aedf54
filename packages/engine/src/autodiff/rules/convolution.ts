import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { addDims, type Dim, multiplyDims } from '../../graph/dim';
import { constantOf } from '../../graph/leaves';
import { describeAxes, type Value } from '../../graph/value';
import { type ConvolutionAttributes, convolution, convolutionTranspose } from '../../ops/convolution';
import { gather } from '../../ops/indexing';
import { matmul } from '../../ops/matmul';
import { sum } from '../../ops/reduce';
import { concat, pad, reshape, slice, transpose } from '../../ops/shape';
import { type GradientRules, perInput } from '../rule';

/** Input positions after the last window, which the transposed convolution must add back. */
function outputPadding(x: Value, weight: Value, attributes: ConvolutionAttributes): number[] {
  return attributes.strides.map((stride, index) => {
    if (stride === 1) return 0;
    const size = x.shape[index + 2] as Dim;
    if (typeof size !== 'number') {
      throw new InvalidArgumentError({
        message: `gradientsOf: the input [${describeAxes(x).join(', ')}] of a strided convolution has no fixed size`,
        hint: 'Trace the training graph with a number for that axis.',
        argument: 'loss',
      });
    }
    const span = ((weight.shape[index + 2] as number) - 1) * (attributes.dilations[index] as number) + 1;
    const padded = size + (attributes.padsBefore[index] as number) + (attributes.padsAfter[index] as number);
    return (padded - span) % stride;
  });
}

/** More taps than this would copy the input too often; a convolution then gives the gradient of the weight. */
const LARGEST_TAPS = 16;

const productOf = (values: readonly number[]) => values.reduce((product, value) => product * value, 1);

/** Whether {@link weightGradientFromTaps} can be written: few taps, one group, and steps only over sizes that are known. */
function hasFewTaps(gradient: Value, weight: Value, { groups, strides }: ConvolutionAttributes): boolean {
  const isFixed = gradient.shape.slice(2).every((size) => typeof size === 'number');
  const taps = productOf(weight.shape.slice(2) as number[]);
  return groups === 1 && taps <= LARGEST_TAPS && (isFixed || strides.every((stride) => stride === 1));
}

/** The input as each tap of the kernel meets it, `[batch, channels, output positions]` per tap, the last axis of the kernel fastest. */
function tapsOf(x: Value, gradient: Value, weight: Value, attributes: ConvolutionAttributes): Value[] {
  const { strides, dilations, padsBefore, padsAfter } = attributes;
  const padding = strides.map((_, index) => {
    return { axis: index + 2, before: padsBefore[index] as number, after: padsAfter[index] as number };
  });
  let taps = [pad(x, padding)];
  for (const [index, stride] of strides.entries()) {
    const axis = index + 2;
    const span = addDims(multiplyDims(addDims(gradient.shape[axis] as Dim, -1), stride), 1);
    const starts = Array.from({ length: weight.shape[axis] as number }, (_, tap) => tap * (dilations[index] as number));
    taps = taps.flatMap((value) => starts.map((start) => slice(value, axis, start, addDims(start, span), stride)));
  }
  return taps;
}

/**
 * `∂w[f, k, c] = Σ g[n, f, o] · x[n, c, o·stride + k·dilation]` as one product per sample over the output positions. ONNX Runtime
 * makes it several times faster than the same sum as a convolution, whose kernel would be as large as the picture.
 */
function weightGradientFromTaps(gradient: Value, x: Value, weight: Value, attributes: ConvolutionAttributes): Value {
  const [batch, filters, ...space] = gradient.shape as [Dim, Dim, ...Dim[]];
  const [, channels, ...kernel] = weight.shape as [Dim, Dim, ...Dim[]];
  const positions = multiplyDims(...space);
  const columns = concat(tapsOf(x, gradient, weight, attributes), 1); // [batch, taps * channels, space]
  const rows = multiplyDims(...kernel, channels);
  const perSample = matmul(reshape(gradient, [batch, filters, positions]), reshape(columns, [batch, rows, positions]), {
    transposeB: true,
  });
  const taps = reshape(sum(perSample, [0]), [filters, ...kernel, channels]);
  return transpose(taps, [0, kernel.length + 1, ...kernel.map((_, index) => index + 1)]);
}

/**
 * The same sum as a convolution: batch and channels trade places, the gradient is the kernel, stride and dilation trade places.
 * Groups of `x` become groups of that convolution.
 */
function weightGradientByConvolution(
  gradient: Value,
  x: Value,
  weight: Value,
  attributes: ConvolutionAttributes,
): Value {
  const { groups, strides, dilations, padsBefore, padsAfter } = attributes;
  const [batch, , ...space] = x.shape as [Dim, Dim, ...Dim[]];
  const [, channels, ...kernel] = weight.shape as [Dim, Dim, ...Dim[]];
  const spaceAxes = space.map((_, index) => index + 2);
  const grouped = reshape(x, [batch, groups, channels, ...space]);
  const swapped = transpose(grouped, [2, 1, 0, ...spaceAxes.map((index) => index + 1)]); // [channels, groups, batch, space]
  const input = reshape(swapped, [channels, multiplyDims(groups, batch), ...space]);
  const filters = transpose(gradient, [1, 0, ...spaceAxes]); // [filters, batch, space]
  const options = { groups, strides: dilations, dilations: strides, padsBefore, padsAfter };
  const full = convolution(input, filters, undefined, options); // [channels, filters, at least the kernel]
  const exact = spaceAxes.reduce((part, axis, index) => slice(part, axis, 0, kernel[index] as Dim), full);
  return transpose(exact, [1, 0, ...spaceAxes]);
}

/** Padding under which the gradient of the input is a convolution with the kernel turned round; undefined where it is not. */
function turnedPadding(weight: Value, attributes: ConvolutionAttributes): Partial<ConvolutionAttributes> | undefined {
  const { strides, dilations, groups, padsBefore, padsAfter } = attributes;
  const reach = dilations.map((dilation, index) => dilation * ((weight.shape[index + 2] as number) - 1));
  const turned = (pads: readonly number[]) => pads.map((padding, index) => (reach[index] as number) - padding);
  const options = { groups, dilations, padsBefore: turned(padsBefore), padsAfter: turned(padsAfter) };
  const isPlain = strides.every((stride) => stride === 1);
  return isPlain && [...options.padsBefore, ...options.padsAfter].every((padding) => padding >= 0)
    ? options
    : undefined;
}

/** `[filters, channels / groups, kernel…]` to `[channels, filters / groups, kernel…]` with every axis of the kernel backwards. */
function turnedKernel(weight: Value, groups: number): Value {
  const [filters, channels, ...kernel] = weight.shape as number[] as [number, number, ...number[]];
  const grouped = reshape(weight, [groups, filters / groups, channels, ...kernel]);
  const exchanged = transpose(grouped, [0, 2, 1, ...kernel.map((_, index) => index + 3)]);
  const swapped = reshape(exchanged, [groups * channels, filters / groups, ...kernel]);
  return kernel.reduce((turned, size, index) => {
    const backwards = Array.from({ length: size }, (_, position) => size - 1 - position);
    return size === 1 ? turned : gather(turned, constantOf(backwards, [size], 'int64'), index + 2);
  }, swapped);
}

export const convolutionRules: GradientRules = {
  Conv: perInput(
    'Conv',
    (gradient, { inputs, attributes }) => {
      const [x, weight] = inputs as [Value, Value];
      const geometry = attributes as unknown as ConvolutionAttributes;
      const plain = turnedPadding(weight, geometry);
      if (plain) return convolution(gradient, turnedKernel(weight, geometry.groups), undefined, plain); // twice as fast as the transposed one
      const transposed = { ...geometry, outputPadding: outputPadding(x, weight, geometry) };
      return convolutionTranspose(gradient, weight, transposed);
    },
    (gradient, { inputs: [x, weight], attributes }) => {
      const geometry = attributes as unknown as ConvolutionAttributes;
      const write = hasFewTaps(gradient, weight as Value, geometry)
        ? weightGradientFromTaps
        : weightGradientByConvolution;
      return write(gradient, x as Value, weight as Value, geometry);
    },
    (gradient) =>
      sum(
        gradient,
        gradient.shape.map((_, index) => index).filter((index) => index !== 1),
      ),
  ),
};

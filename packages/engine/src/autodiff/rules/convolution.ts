import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { type Dim, multiplyDims } from '../../graph/dim';
import { describeAxes, type Value } from '../../graph/value';
import { type ConvolutionAttributes, convolution, convolutionTranspose } from '../../ops/convolution';
import { sum } from '../../ops/reduce';
import { reshape, slice, transpose } from '../../ops/shape';
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

/**
 * `∂w[f, c, k] = Σ g[n, f, o] · x[n, c, o·stride + k·dilation]` is itself a convolution: batch and channels trade places,
 * the gradient is the kernel, stride and dilation trade places. Groups of `x` become groups of that convolution.
 */
function weightGradient(gradient: Value, x: Value, weight: Value, attributes: ConvolutionAttributes): Value {
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

export const convolutionRules: GradientRules = {
  Conv: perInput(
    'Conv',
    (gradient, { inputs, attributes }) => {
      const [x, weight] = inputs as [Value, Value];
      const geometry = attributes as unknown as ConvolutionAttributes;
      const transposed = { ...geometry, outputPadding: outputPadding(x, weight, geometry) };
      return convolutionTranspose(gradient, weight, transposed);
    },
    (gradient, { inputs: [x, weight], attributes }) =>
      weightGradient(gradient, x as Value, weight as Value, attributes as unknown as ConvolutionAttributes),
    (gradient) =>
      sum(
        gradient,
        gradient.shape.map((_, index) => index).filter((index) => index !== 1),
      ),
  ),
};

import {
  type AxisSizes,
  bindAxes,
  type HostTensor,
  ShapeMismatchError,
  type TensorSpec,
} from '@nano-emox/tensor-contract';

/**
 * As `bindAxes`, and refuses axes of size 0: means and attention over nothing have no value.
 * @throws ShapeMismatchError, DataTypeMismatchError
 */
export function bindFilledAxes(
  tensor: HostTensor,
  spec: TensorSpec,
  where: string,
  input: string,
  known: AxisSizes = {},
): AxisSizes {
  const sizes = bindAxes(tensor, spec, where, input, known);
  if (tensor.dims.every((size) => size > 0)) return sizes;
  const hint = `Every axis of ${input} needs at least one element.`;
  throw new ShapeMismatchError({ where, input, expected: spec.axes, received: tensor.dims, hint });
}

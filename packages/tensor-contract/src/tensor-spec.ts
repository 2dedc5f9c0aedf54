import { DataTypeMismatchError } from './errors/data-type-mismatch';
import { ShapeMismatchError } from './errors/shape-mismatch';
import type { DataType, HostTensor } from './host-tensor';

/** An axis of a spec: a fixed size, or a name that stands for the same size wherever it occurs in one call. */
export type AxisSpec = number | string;

/** Element type and named axes of a tensor, e.g. float32 `['batch', 'frames', 256]`. */
export interface TensorSpec {
  readonly type: DataType;
  readonly axes: readonly AxisSpec[];
}

/** Sizes bound to axis names. */
export type AxisSizes = Readonly<Record<string, number>>;

const spec =
  (type: DataType) =>
  (...axes: AxisSpec[]): TensorSpec => ({ type, axes });

/** Spec of a float32 tensor with the given axes. */
export const f32 = spec('float32');
/** Spec of an int64 tensor with the given axes. */
export const i64 = spec('int64');
/** Spec of a uint8 tensor with the given axes. */
export const u8 = spec('uint8');
/** Spec of a bool tensor with the given axes; `true` means *keep* in masks. */
export const bool = spec('bool');

/**
 * Checks `tensor` against `spec` and returns the sizes of all named axes, `known` included.
 * @throws ShapeMismatchError, DataTypeMismatchError
 */
export function bindAxes(
  tensor: HostTensor,
  spec: TensorSpec,
  where: string,
  input: string,
  known: AxisSizes = {},
): AxisSizes {
  if (tensor.type !== spec.type) {
    throw new DataTypeMismatchError({
      message: `${where}: ${input} is ${tensor.type}, expected ${spec.type}`,
      hint: `Convert ${input} to ${spec.type} first.`,
      expected: spec.type,
      received: tensor.type,
    });
  }
  const sizes: Record<string, number> = { ...known };
  const expected = spec.axes.map((axis) =>
    typeof axis === 'string' && axis in sizes ? `${axis}=${sizes[axis]}` : axis,
  );
  const fits =
    tensor.dims.length === spec.axes.length &&
    spec.axes.every((axis, index) => {
      const size = tensor.dims[index] as number;
      if (typeof axis === 'number') return axis === size;
      sizes[axis] ??= size;
      return sizes[axis] === size;
    });
  if (!fits) {
    const hint = `Pass ${input} with the axes [${spec.axes.join(', ')}].`;
    throw new ShapeMismatchError({ where, input, expected, received: tensor.dims, hint });
  }
  return sizes;
}

import { offsetsOf, stridesOf } from './strides';

/** An index counted from the end when negative, as ONNX allows. @throws RangeError outside the axis */
export function wrapIndex(index: number, size: number): number {
  const wrapped = index < 0 ? index + size : index;
  if (wrapped < 0 || wrapped >= size) throw new RangeError(`index ${index} is outside an axis of size ${size}`);
  return wrapped;
}

/** Offset in a tensor of `dims` of the element each entry of `indices` names along `axis`. @throws RangeError outside it */
export function elementOffsets(
  dims: readonly number[],
  indices: { readonly dims: readonly number[]; readonly data: ArrayLike<number> },
  axis: number,
): Int32Array {
  const strides = stridesOf(dims);
  return offsetsOf(indices.dims, strides.with(axis, 0)).map(
    (offset, position) =>
      offset + wrapIndex(indices.data[position] as number, dims[axis] as number) * (strides[axis] as number),
  );
}

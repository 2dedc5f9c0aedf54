import { allocateData, elementCount, type HostTensor } from '@nano-emox/tensor-contract';

/** Sizes of the axes in front of one, and behind it. */
function around(dims: readonly number[], axis: number): { readonly outer: number; readonly inner: number } {
  return { outer: elementCount(dims.slice(0, axis)), inner: elementCount(dims.slice(axis + 1)) };
}

/** The tensor with its axes in another order: axis `i` of the result is axis `axes[i]` of `tensor`. The same order copies nothing. */
export function transposeTensor(tensor: HostTensor, axes: readonly number[]): HostTensor {
  if (axes.every((axis, index) => axis === index)) return tensor;
  const dims = axes.map((axis) => tensor.dims[axis] as number);
  const steps = axes.map((axis) => around(tensor.dims, axis).inner);
  const data = allocateData(tensor.type, tensor.data.length);
  const position = dims.map(() => 0);
  let source = 0;
  for (let index = 0; index < data.length; index++) {
    data[index] = tensor.data[source] as never;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      source += steps[axis] as number;
      position[axis] = (position[axis] as number) + 1;
      if ((position[axis] as number) < (dims[axis] as number)) break;
      source -= (steps[axis] as number) * (dims[axis] as number);
      position[axis] = 0;
    }
  }
  return { type: tensor.type, dims, data };
}

/** Parts of the given sizes along an axis, in order; their sum is its size. */
export function splitTensor(tensor: HostTensor, axis: number, sizes: readonly number[]): HostTensor[] {
  const { outer, inner } = around(tensor.dims, axis);
  const rowSize = (tensor.dims[axis] as number) * inner;
  let start = 0;
  return sizes.map((size) => {
    const data = allocateData(tensor.type, outer * size * inner);
    for (let row = 0; row < outer; row++) {
      const from = row * rowSize + start * inner;
      data.set(tensor.data.subarray(from, from + size * inner) as never, row * size * inner);
    }
    start += size;
    return { type: tensor.type, dims: tensor.dims.with(axis, size), data };
  });
}

/** The tensors one after the other along an axis: undoes {@link splitTensor}. Other axes and types are equal. */
export function joinTensors(tensors: readonly HostTensor[], axis: number): HostTensor {
  const [first] = tensors as readonly [HostTensor];
  const size = tensors.reduce((sum, { dims }) => sum + (dims[axis] as number), 0);
  const dims = first.dims.with(axis, size);
  const { outer, inner } = around(dims, axis);
  const data = allocateData(first.type, elementCount(dims));
  let start = 0;
  for (const tensor of tensors) {
    const length = (tensor.dims[axis] as number) * inner;
    for (let row = 0; row < outer; row++) {
      data.set(tensor.data.subarray(row * length, (row + 1) * length) as never, row * size * inner + start);
    }
    start += length;
  }
  return { type: first.type, dims, data };
}

/**
 * Puts the rows of each head that lie in pairs (0, 1), (2, 3), … into halves: 0, 2, …, then 1, 3, …; `toPairs` does the
 * opposite. Rotary positions turn rows i and i + headDim / 2 in one layout, 2 i and 2 i + 1 in the other.
 * @param tensor - `[heads * headDim, …]`
 */
export function reorderRotaryRows(tensor: HostTensor, heads: number, toPairs: boolean): HostTensor {
  const [rows = 0, ...rest] = tensor.dims;
  const half = rows / heads / 2;
  const split = { ...tensor, dims: toPairs ? [heads, 2, half, ...rest] : [heads, half, 2, ...rest] };
  const axes = split.dims.map((_, axis) => axis);
  return { ...transposeTensor(split, [0, 2, 1, ...axes.slice(3)]), dims: tensor.dims };
}

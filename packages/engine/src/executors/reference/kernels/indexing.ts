import { elementOffsets, wrapIndex } from '../../shared/element-offsets';
import { productOf } from '../../shared/strides';
import type { Kernels } from '../kernel';
import type { NumericTensor } from '../numeric-tensor';

export const indexingKernels: Kernels = {
  Gather: ({ inputs, attributes }) => {
    const [{ dims, data }, indices] = inputs as [NumericTensor, NumericTensor];
    const axis = attributes.axis as number;
    const size = dims[axis] as number;
    const outer = productOf(dims.slice(0, axis));
    const inner = productOf(dims.slice(axis + 1));
    const count = indices.data.length;
    const result = new Float64Array(outer * count * inner);
    for (let block = 0; block < outer * count; block++) {
      const row = wrapIndex(indices.data[block % count] as number, size);
      const start = (Math.floor(block / count) * size + row) * inner;
      result.set(data.subarray(start, start + inner), block * inner);
    }
    return [result];
  },
  GatherElements: ({ inputs, attributes }) => {
    const [x, indices] = inputs as [NumericTensor, NumericTensor];
    const offsets = elementOffsets(x.dims, indices, attributes.axis as number);
    return [Float64Array.from(offsets, (offset) => x.data[offset] as number)];
  },
  ScatterElements: ({ inputs, attributes }) => {
    const [base, indices, updates] = inputs as [NumericTensor, NumericTensor, NumericTensor];
    const result = base.data.slice();
    elementOffsets(base.dims, indices, attributes.axis as number).forEach((offset, position) => {
      result[offset] = (result[offset] as number) + (updates.data[position] as number);
    });
    return [result];
  },
  ScatterND: ({ inputs }) => {
    const [base, indices, updates] = inputs as [NumericTensor, NumericTensor, NumericTensor];
    const result = base.data.slice();
    const inner = productOf(base.dims.slice(1));
    updates.data.forEach((update, position) => {
      const row = wrapIndex(indices.data[Math.floor(position / inner)] as number, base.dims[0] as number);
      const offset = row * inner + (position % inner);
      result[offset] = (result[offset] as number) + update;
    });
    return [result];
  },
};

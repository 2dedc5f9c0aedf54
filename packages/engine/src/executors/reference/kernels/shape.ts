import type { Dim } from '../../../graph/dim';
import type { AxisPadding, SliceAttributes } from '../../../ops/shape';
import { broadcastStrides, offsetsOf, productOf, stridesOf } from '../../shared/strides';
import type { KernelContext, Kernels } from '../kernel';
import { type NumericTensor, put, take } from '../numeric-tensor';

type Block = KernelContext['outputs'][number];

/** Start of each block on the axis when blocks of the given shapes follow each other. */
function startsAlong(axis: number, blocks: readonly { readonly dims: readonly number[] }[]): number[] {
  let next = 0;
  return blocks.map(({ dims }) => {
    const start = next;
    next += dims[axis] as number;
    return start;
  });
}

export const shapeKernels: Kernels = {
  Reshape: ({ inputs }) => [(inputs[0] as NumericTensor).data],
  Transpose: ({ inputs, outputs, attributes }) => {
    const [{ dims, data }] = inputs as [NumericTensor];
    const strides = stridesOf(dims);
    const moved = (attributes.permutation as readonly number[]).map((source) => strides[source] as number);
    return [take(data, offsetsOf((outputs[0] as Block).dims, moved))];
  },
  Expand: ({ inputs, outputs }) => {
    const [{ dims, data }] = inputs as [NumericTensor];
    const target = (outputs[0] as Block).dims;
    return [take(data, offsetsOf(target, broadcastStrides(dims, target.length)))];
  },
  Concat: ({ inputs, outputs, attributes }) => {
    const axis = attributes.axis as number;
    const { dims } = outputs[0] as Block;
    const strides = stridesOf(dims);
    const result = new Float64Array(productOf(dims));
    startsAlong(axis, inputs).forEach((start, index) => {
      const part = inputs[index] as NumericTensor;
      put(result, offsetsOf(part.dims, strides, start * (strides[axis] as number)), part.data);
    });
    return [result];
  },
  Split: ({ inputs, outputs, attributes }) => {
    const [{ dims, data }] = inputs as [NumericTensor];
    const axis = attributes.axis as number;
    const strides = stridesOf(dims);
    return startsAlong(axis, outputs).map((start, index) =>
      take(data, offsetsOf((outputs[index] as Block).dims, strides, start * (strides[axis] as number))),
    );
  },
  Slice: ({ inputs, outputs, attributes, size }) => {
    const [{ dims, data }] = inputs as [NumericTensor];
    const { axis, start, step } = attributes as unknown as SliceAttributes;
    const strides = stridesOf(dims);
    const stride = strides[axis] as number;
    return [take(data, offsetsOf((outputs[0] as Block).dims, strides.with(axis, stride * step), size(start) * stride))];
  },
  Pad: ({ inputs, outputs, attributes, size }) => {
    const [{ dims, data }] = inputs as [NumericTensor];
    const target = (outputs[0] as Block).dims;
    const strides = stridesOf(target);
    const origin = (attributes.padding as readonly AxisPadding[]).reduce(
      (offset, { axis, before }) => offset + size(before) * (strides[axis] as number),
      0,
    );
    return [put(new Float64Array(productOf(target)), offsetsOf(dims, strides, origin), data)];
  },
  Dim: ({ attributes, size }) => [Float64Array.of(size(attributes.dim as Dim))],
  Range: ({ outputs, attributes, size }) => {
    const start = size(attributes.start as Dim);
    return [Float64Array.from({ length: productOf((outputs[0] as Block).dims) }, (_, index) => start + index)];
  },
};

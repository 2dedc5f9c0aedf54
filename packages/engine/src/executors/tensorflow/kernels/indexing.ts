import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { elementOffsets, wrapIndex } from '../../shared/element-offsets';
import { productOf } from '../../shared/strides';
import type { KernelContext, Kernels, TensorFlow } from '../kernel';

const dimsOf = ({ outputs: [output] }: KernelContext): number[] => [
  ...(output as KernelContext['outputs'][number]).dims,
];

/**
 * Indices on the host, where they are checked: WebAssembly and GPU kernels read outside the axis without a word. They are
 * few, beside what they choose.
 */
const readIndices = (indices: Tensor) => ({ dims: indices.shape, data: indices.dataSync() as Int32Array });

const rowsOf = (indices: Tensor, size: number): Int32Array =>
  readIndices(indices).data.map((index) => wrapIndex(index, size));

const vector = (tf: TensorFlow, indices: Int32Array) => tf.tensor1d(indices, 'int32');

/** The flat elements of `base`, in rows of `width`, with `updates` added at `rows`. */
function scatterAdd(tf: TensorFlow, base: Tensor, rows: Int32Array, updates: Tensor, width: number): Tensor {
  if (rows.length === 0) return tf.clone(base);
  const columns = tf.tensor2d(rows, [rows.length, 1], 'int32');
  const sums = tf.scatterND(columns, tf.reshape(updates, [rows.length, width]) as Tensor2D, [base.size / width, width]);
  return tf.add(base, tf.reshape(sums, base.shape));
}

export const indexingKernels: Kernels = {
  Gather: (context) => {
    const { tf, inputs, attributes } = context;
    const [table, indices] = inputs as [Tensor, Tensor];
    const axis = attributes.axis as number;
    const rows = rowsOf(indices, table.shape[axis] as number);
    return tf.reshape(tf.gather(table, vector(tf, rows), axis), dimsOf(context));
  },
  GatherElements: (context) => {
    const { tf, inputs, attributes } = context;
    const [x, indices] = inputs as [Tensor, Tensor];
    const offsets = elementOffsets(x.shape, readIndices(indices), attributes.axis as number);
    return tf.reshape(tf.gather(tf.reshape(x, [-1]), vector(tf, offsets)), dimsOf(context));
  },
  ScatterElements: ({ tf, inputs, attributes }) => {
    const [base, indices, updates] = inputs as [Tensor, Tensor, Tensor];
    const offsets = elementOffsets(base.shape, readIndices(indices), attributes.axis as number);
    return scatterAdd(tf, base, offsets, updates, 1);
  },
  ScatterND: ({ tf, inputs }) => {
    const [base, indices, updates] = inputs as [Tensor, Tensor, Tensor];
    const [count, ...row] = base.shape as [number, ...number[]];
    return scatterAdd(tf, base, rowsOf(indices, count), updates, productOf(row));
  },
};

import type { Tensor } from '@tensorflow/tfjs-core';
import type { ReduceAttributes } from '../../../ops/reduce';
import type { Kernel, Kernels } from '../kernel';

const reduction =
  (name: 'sum' | 'mean' | 'max'): Kernel =>
  ({ tf, inputs: [x], attributes }) => {
    const { axes, keepDims } = attributes as unknown as ReduceAttributes;
    return tf[name](x as Tensor, [...axes], keepDims);
  };

/** TensorFlow.js has softmax along the last axis only: another axis trades places with it. */
const alongAxis =
  (name: 'softmax' | 'logSoftmax'): Kernel =>
  ({ tf, inputs: [x], attributes }) => {
    const value = x as Tensor;
    const [axis, last] = [attributes.axis as number, value.rank - 1];
    if (axis === last) return tf[name](value);
    const swap = value.shape.map((_, index) => (index === axis ? last : index === last ? axis : index));
    return tf.transpose(tf[name](tf.transpose(value, swap)), swap);
  };

export const reduceKernels: Kernels = {
  ReduceSum: reduction('sum'),
  ReduceMean: reduction('mean'),
  ReduceMax: reduction('max'),
  Softmax: alongAxis('softmax'),
  LogSoftmax: alongAxis('logSoftmax'),
  ArgMax: ({ tf, inputs: [x], attributes }) => tf.argMax(x as Tensor, attributes.axis as number),
};

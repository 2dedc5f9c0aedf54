import type { Tensor } from '@tensorflow/tfjs-core';
import type { Dim } from '../../../graph/dim';
import type { AxisPadding, SliceAttributes } from '../../../ops/shape';
import { deviceType } from '../device-tensor';
import type { KernelContext, Kernels, TensorFlow } from '../kernel';
import { partsOf } from './parts';

type Block = KernelContext['outputs'][number];

const dimsOf = ({ outputs: [output] }: KernelContext): number[] => [...(output as Block).dims];

/** `first`, `first + step`, … */
const progression = (tf: TensorFlow, first: number, step: number, length: number) =>
  tf.tensor1d(
    Int32Array.from({ length }, (_, index) => first + index * step),
    'int32',
  );

export const shapeKernels: Kernels = {
  Reshape: (context) => context.tf.reshape(context.inputs[0] as Tensor, dimsOf(context)),
  Transpose: ({ tf, inputs: [x], attributes }) => tf.transpose(x as Tensor, attributes.permutation as number[]),
  Expand: (context) => context.tf.broadcastTo(context.inputs[0] as Tensor, dimsOf(context)),
  Concat: ({ tf, inputs, attributes }) => tf.concat([...inputs], attributes.axis as number),
  Split: ({ tf, inputs: [x], outputs, attributes }) => {
    const axis = attributes.axis as number;
    const sizes = outputs.map(({ dims }) => dims[axis] as number);
    return partsOf(tf, x as Tensor, sizes, axis);
  },
  Slice: (context) => {
    const { tf, inputs, attributes, size } = context;
    const [x] = inputs as [Tensor];
    const { axis, start, step } = attributes as unknown as SliceAttributes;
    const dims = dimsOf(context);
    const first = size(start);
    if (step === 1) {
      const begin = x.shape.map((_, index) => (index === axis ? first : 0));
      return tf.slice(x, begin, dims);
    }
    // The strided slice of WebAssembly calls every result float32.
    return tf.gather(x, progression(tf, first, step, dims[axis] as number), axis);
  },
  Pad: ({ tf, inputs: [x], attributes, size }) => {
    const widths = (x as Tensor).shape.map((): [number, number] => [0, 0]);
    for (const { axis, before, after } of attributes.padding as readonly AxisPadding[]) {
      widths[axis] = [size(before), size(after)];
    }
    return tf.pad(x as Tensor, widths);
  },
  Dim: ({ tf, outputs: [output], attributes, size }) =>
    tf.scalar(size(attributes.dim as Dim), deviceType((output as Block).type, 'a size')),
  Range: (context) => {
    const { tf, attributes, size } = context;
    return progression(tf, size(attributes.start as Dim), 1, dimsOf(context)[0] as number);
  },
};

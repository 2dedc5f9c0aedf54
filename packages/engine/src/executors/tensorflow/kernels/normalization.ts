import type { Tensor } from '@tensorflow/tfjs-core';
import type { Kernels } from '../kernel';

export const normalizationKernels: Kernels = {
  LayerNormalization: ({ tf, inputs, attributes }) => {
    const [x, scale, bias] = inputs as [Tensor, Tensor, Tensor];
    const mean = tf.mean(x, -1, true);
    const centered = tf.sub(x, mean);
    const inverseDeviation = tf.rsqrt(tf.add(tf.mean(tf.square(centered), -1, true), attributes.epsilon as number));
    const normal = tf.mul(centered, inverseDeviation);
    return [tf.add(tf.mul(normal, scale), bias), mean, inverseDeviation];
  },
  SimplifiedLayerNormalization: ({ tf, inputs, attributes }) => {
    const [x, scale] = inputs as [Tensor, Tensor];
    const inverseDeviation = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), attributes.epsilon as number));
    return [tf.mul(tf.mul(x, inverseDeviation), scale)];
  },
};

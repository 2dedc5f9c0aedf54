import type { DataType } from '@nano-emox/tensor-contract';
import type { Tensor } from '@tensorflow/tfjs-core';
import { deviceType } from '../device-tensor';
import type { Kernel, Kernels, TensorFlow } from '../kernel';

type Binary = 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'maximum' | 'minimum' | 'mod' | 'equal' | 'less' | 'greater';
type Unary = 'neg' | 'exp' | 'log' | 'sqrt' | 'erf' | 'tanh' | 'sigmoid' | 'relu' | 'abs' | 'logicalNot';

const binary =
  (name: Binary | 'logicalAnd' | 'logicalOr'): Kernel =>
  ({ tf, inputs: [a, b] }) =>
    tf[name](a as Tensor, b as Tensor);

const unary =
  (name: Unary): Kernel =>
  ({ tf, inputs: [x] }) =>
    tf[name](x as Tensor);

/** Integers divide towards zero in ONNX and downwards in TensorFlow. */
function integerQuotient(tf: TensorFlow, a: Tensor, b: Tensor): Tensor {
  const magnitude = tf.floorDiv(tf.abs(a), tf.abs(b));
  const isNegative = tf.less(tf.mul(tf.sign(a), tf.sign(b)), tf.scalar(0, 'int32'));
  return tf.where(isNegative, tf.neg(magnitude), magnitude);
}

const cast: Kernel = ({ tf, inputs: [x], outputs: [output] }) => {
  const target = deviceType((output as { type: DataType }).type, 'a cast value');
  const value = x as Tensor;
  return target === 'bool' ? tf.notEqual(value, tf.scalar(0, value.dtype as 'float32')) : tf.cast(value, target);
};

export const elementwiseKernels: Kernels = {
  Add: binary('add'),
  Sub: binary('sub'),
  Mul: binary('mul'),
  Div: (context) => {
    const [a, b] = context.inputs as [Tensor, Tensor];
    return a.dtype === 'int32' ? integerQuotient(context.tf, a, b) : context.tf.div(a, b);
  },
  Pow: binary('pow'),
  Max: binary('maximum'),
  Min: binary('minimum'),
  Mod: binary('mod'),
  Equal: binary('equal'),
  Less: binary('less'),
  Greater: binary('greater'),
  And: binary('logicalAnd'),
  Or: binary('logicalOr'),
  Not: unary('logicalNot'),
  Neg: unary('neg'),
  Exp: unary('exp'),
  Log: unary('log'),
  Sqrt: unary('sqrt'),
  Erf: unary('erf'),
  Tanh: unary('tanh'),
  Sigmoid: unary('sigmoid'),
  Relu: unary('relu'),
  Abs: unary('abs'),
  Where: ({ tf, inputs: [condition, a, b] }) => tf.where(condition as Tensor, a as Tensor, b as Tensor),
  Cast: cast,
};

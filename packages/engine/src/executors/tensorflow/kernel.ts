import type { DataType } from '@nano-emox/tensor-contract';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Dim } from '../../graph/dim';
import type { Attributes } from '../../graph/value';

/** The operations of TensorFlow.js, whichever package brought them. */
export type TensorFlow = typeof import('@tensorflow/tfjs-core');

/** What a kernel computes from. */
export interface KernelContext {
  readonly tf: TensorFlow;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  /** Types and evaluated shapes the outputs must have. */
  readonly outputs: readonly { readonly type: DataType; readonly dims: readonly number[] }[];
  /** Value of a symbolic size in this run. */
  size(dim: Dim): number;
}

/** One operation in calls of TensorFlow.js; runs inside `tf.tidy`, which frees what lies between. */
export type Kernel = (context: KernelContext) => Tensor | readonly Tensor[];

/** Kernels by the name of the operation. */
export type Kernels = Readonly<Record<string, Kernel>>;

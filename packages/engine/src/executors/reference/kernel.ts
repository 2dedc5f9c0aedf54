import type { DataType } from '@nano-emox/tensor-contract';
import type { Dim } from '../../graph/dim';
import type { Attributes } from '../../graph/value';
import type { NumericTensor } from './numeric-tensor';

/** What a kernel computes from. */
export interface KernelContext {
  readonly inputs: readonly NumericTensor[];
  readonly attributes: Attributes;
  /** Types and evaluated shapes the outputs must have. */
  readonly outputs: readonly { readonly type: DataType; readonly dims: readonly number[] }[];
  /** Value of a symbolic size in this run. */
  size(dim: Dim): number;
}

/** One operation on float64 numbers: the elements of each output. Written for clarity, not speed. */
export type Kernel = (context: KernelContext) => readonly Float64Array[];

/** Kernels by the name of the operation. */
export type Kernels = Readonly<Record<string, Kernel>>;

import type { MatMulAttributes } from '../../../ops/matmul';
import { offsetsOf, productOf, stridesOf } from '../../shared/strides';
import type { KernelContext, Kernels } from '../kernel';
import type { NumericTensor } from '../numeric-tensor';

/** Where each matrix of an operand starts, for every batch index of the result, and its strides by row and column. */
function matricesOf({ dims }: NumericTensor, batch: readonly number[], isTransposed: boolean) {
  const strides = stridesOf(dims);
  const batchStrides = strides.slice(0, -2).map((stride, axis) => (dims[axis] === 1 ? 0 : stride));
  const repeated = Array.from({ length: batch.length - batchStrides.length }, () => 0);
  const [row, column] = strides.slice(-2) as [number, number];
  const starts = offsetsOf(batch, [...repeated, ...batchStrides]);
  return { starts, row: isTransposed ? column : row, column: isTransposed ? row : column };
}

export const matMulKernels: Kernels = {
  MatMul: ({ inputs, outputs, attributes }: KernelContext) => {
    const [a, b] = inputs as [NumericTensor, NumericTensor];
    const { transposeA, transposeB, alpha } = attributes as unknown as MatMulAttributes;
    const { dims } = outputs[0] as KernelContext['outputs'][number];
    const [rows, columns] = dims.slice(-2) as [number, number];
    const inner = a.dims[a.dims.length - (transposeA ? 2 : 1)] as number;
    const [left, right] = [matricesOf(a, dims.slice(0, -2), transposeA), matricesOf(b, dims.slice(0, -2), transposeB)];
    const result = new Float64Array(productOf(dims));
    for (let index = 0; index < result.length; index++) {
      const matrix = Math.floor(index / (rows * columns));
      const fromA = (left.starts[matrix] as number) + (Math.floor(index / columns) % rows) * left.row;
      const fromB = (right.starts[matrix] as number) + (index % columns) * right.column;
      let total = 0;
      for (let k = 0; k < inner; k++) {
        total += (a.data[fromA + k * left.column] as number) * (b.data[fromB + k * right.row] as number);
      }
      result[index] = alpha * total;
    }
    return [result];
  },
};

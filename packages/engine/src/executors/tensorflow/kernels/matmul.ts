import type { Tensor } from '@tensorflow/tfjs-core';
import type { MatMulAttributes } from '../../../ops/matmul';
import { productOf } from '../../shared/strides';
import type { Kernels, TensorFlow } from '../kernel';
import { partsOf } from './parts';

/**
 * Multiplications from which a batch of products on WebAssembly is better taken apart. Its fast path multiplies two plain
 * matrices: 29 GFLOP/s at 256³ on one core, against 2 for a batch and for transposed operands (which are materialised:
 * 22–29 GFLOP/s then). Each product apart costs some 60 µs more.
 */
const LARGE_PRODUCT = 2 ** 18;

const matrixOf = (x: Tensor): [number, number] => x.shape.slice(-2) as [number, number];

function swapLastAxes(tf: TensorFlow, x: Tensor): Tensor {
  const axes = x.shape.map((_, index) => index);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

/** The matrices of `x` repeated to the leading axes `batch`, as `[matrices, rows, columns]`. */
function matricesOf(tf: TensorFlow, x: Tensor, batch: readonly number[]): Tensor {
  const isRepeated = productOf(x.shape.slice(0, -2)) !== productOf(batch);
  const full = isRepeated ? tf.broadcastTo(x, [...batch, ...matrixOf(x)]) : x;
  return tf.reshape(full, [productOf(batch), ...matrixOf(x)]);
}

function productsApart(tf: TensorFlow, a: Tensor, b: Tensor): Tensor {
  const matrices = (x: Tensor) => partsOf(tf, x, Array<number>(x.shape[0] as number).fill(1), 0);
  const right = matrices(b);
  return tf.concat(matrices(a).map((matrix, index) => tf.matMul(matrix, right[index] as Tensor)));
}

/**
 * `a · b` over leading axes of which those of one operand are broadcast. WebAssembly has two faults to go around: speed (see
 * {@link LARGE_PRODUCT}), and batches that are broadcast on both sides, for which it gives a result of the wrong size.
 */
export function product(tf: TensorFlow, a: Tensor, b: Tensor, batch: readonly number[]): Tensor {
  const [rows, inner] = matrixOf(a);
  const columns = b.shape[b.rank - 1] as number;
  const dims = [...batch, rows, columns];
  // WebAssembly complains of empty matrices.
  if (productOf(dims) === 0 || inner === 0) return tf.zeros(dims);
  if (productOf(b.shape.slice(0, -2)) === 1 && productOf(a.shape.slice(0, -2)) === productOf(batch)) {
    // One matrix under many: all rows in one product.
    const flat = tf.reshape(a, [productOf(batch) * rows, inner]);
    return tf.reshape(tf.matMul(flat, tf.reshape(b, [inner, columns])), dims);
  }
  const [left, right] = [matricesOf(tf, a, batch), matricesOf(tf, b, batch)];
  const isApart = tf.getBackend() === 'wasm' && rows * inner * columns >= LARGE_PRODUCT;
  return tf.reshape(isApart ? productsApart(tf, left, right) : tf.matMul(left, right), dims);
}

export const matMulKernels: Kernels = {
  MatMul: ({ tf, inputs, outputs: [output], attributes }) => {
    const { transposeA, transposeB, alpha } = attributes as unknown as MatMulAttributes;
    const [a, b] = inputs as [Tensor, Tensor];
    const left = transposeA ? swapLastAxes(tf, a) : a;
    const right = transposeB ? swapLastAxes(tf, b) : b;
    const result = product(tf, left, right, (output as { dims: readonly number[] }).dims.slice(0, -2));
    return alpha === 1 ? result : tf.mul(result, alpha);
  },
};

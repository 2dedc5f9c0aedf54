import type { ReduceAttributes } from '../../../ops/reduce';
import { offsetsOf, productOf, stridesOf } from '../../shared/strides';
import type { Kernel, KernelContext, Kernels } from '../kernel';
import { linesAlong, type NumericTensor } from '../numeric-tensor';

/** Folds the elements over the reduced axes, starting from `initial`. */
function reduceWith(initial: number, combine: (total: number, element: number) => number, context: KernelContext) {
  const [{ dims, data }] = context.inputs as [NumericTensor];
  const { axes } = context.attributes as unknown as ReduceAttributes;
  const kept = dims.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const strides = stridesOf(kept).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
  const result = new Float64Array(productOf(kept)).fill(initial);
  offsetsOf(dims, strides).forEach((target, index) => {
    result[target] = combine(result[target] as number, data[index] as number);
  });
  return result;
}

const sum: Kernel = (context) => [reduceWith(0, (total, element) => total + element, context)];

/** Kernel that maps each line along the attribute `axis` to a line of the same length. */
function perLine(compute: (line: Float64Array) => Float64Array): Kernel {
  return ({ inputs, attributes }) => {
    const [{ dims, data }] = inputs as [NumericTensor];
    const { starts, length, stride } = linesAlong(dims, attributes.axis as number);
    const result = new Float64Array(data.length);
    for (const start of starts) {
      const line = compute(Float64Array.from({ length }, (_, index) => data[start + index * stride] as number));
      line.forEach((element, index) => {
        result[start + index * stride] = element;
      });
    }
    return [result];
  };
}

function logSoftmaxOf(line: Float64Array): Float64Array {
  const largest = line.reduce((a, b) => Math.max(a, b), -Infinity);
  const logTotal = Math.log(line.reduce((total, element) => total + Math.exp(element - largest), 0));
  return line.map((element) => element - largest - logTotal);
}

export const reduceKernels: Kernels = {
  ReduceSum: sum,
  ReduceMean: (context) => {
    const [{ dims }] = context.inputs as [NumericTensor];
    const { axes } = context.attributes as unknown as ReduceAttributes;
    const count = productOf(axes.map((axis) => dims[axis] as number));
    return sum(context).map((totals) => totals.map((total) => total / count));
  },
  ReduceMax: (context) => [reduceWith(-Infinity, Math.max, context)],
  Softmax: perLine((line) => logSoftmaxOf(line).map(Math.exp)),
  LogSoftmax: perLine(logSoftmaxOf),
  ArgMax: ({ inputs, attributes }) => {
    const [{ dims, data }] = inputs as [NumericTensor];
    const { starts, length, stride } = linesAlong(dims, attributes.axis as number);
    const best = (start: number) => {
      let winner = 0;
      for (let index = 1; index < length; index++) {
        if ((data[start + index * stride] as number) > (data[start + winner * stride] as number)) winner = index;
      }
      return winner;
    };
    return [Float64Array.from(starts, best)];
  },
};

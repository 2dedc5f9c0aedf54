import { elementCount, type FloatTensor, floatTensor } from '@nano-emox/tensor-contract';

/** Reproducible values in [−1, 1] that do not repeat. */
export function ramp(...dims: number[]): FloatTensor {
  const value = (_: number, index: number) => Math.sin(index * 0.7 + index * index * 0.013);
  return floatTensor(new Float32Array(elementCount(dims)).map(value), dims);
}

/** The rows `start … end − 1` of the first axis, as a copy. */
export function rows({ dims, data }: FloatTensor, start: number, end: number): FloatTensor {
  const [, ...rest] = dims;
  const size = elementCount(rest);
  return floatTensor(data.slice(start * size, end * size), [end - start, ...rest]);
}

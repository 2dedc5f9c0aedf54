import {
  addDims,
  concat,
  type Dim,
  floorDivideDim,
  multiplyDims,
  reshape,
  slice,
  subtractDims,
  type Value,
} from '@nano-emox/engine';

/**
 * The windows of a strided convolution, side by side: `[rows, time, kernel · channels]`. A window is some whole strides, and
 * the rest of a stride, which is cut from the end of the stride that ends with the window: no slice leaves `x`.
 */
export function windowsOf(x: Value, kernel: number, stride: number): Value {
  const [rows, length, channels] = x.shape as [Dim, Dim, number];
  const time = addDims(floorDivideDim(subtractDims(length, kernel), stride), 1);
  const stridesFrom = (start: number): Value => {
    const part = slice(x, 1, start, addDims(start, multiplyDims(time, stride)));
    return reshape(part, [rows, time, stride * channels]);
  };
  const whole = Math.floor(kernel / stride);
  const rest = kernel % stride;
  const parts = Array.from({ length: whole }, (_, index) => stridesFrom(index * stride));
  if (rest > 0) parts.push(slice(stridesFrom(kernel - stride), 2, (stride - rest) * channels));
  return concat(parts, 2);
}

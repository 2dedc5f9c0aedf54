import { allocateData, type DataType, DataTypeMismatchError, type HostTensor } from '@nano-emox/tensor-contract';
import { offsetsOf, stridesOf } from '../shared/strides';

/** A dense row-major tensor of float64 numbers; integers and truth values (0, 1) are numbers too. */
export interface NumericTensor {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

/** Reads a host tensor. @throws DataTypeMismatchError for float16, which graphs do not compute in */
export function fromHost({ type, dims, data }: HostTensor, name: string): NumericTensor {
  if (type === 'float16') {
    throw new DataTypeMismatchError({
      message: `evaluateReference: ${name} is float16`,
      hint: 'Widen it to float32 first.',
      expected: 'float32',
      received: type,
    });
  }
  // Large weights pass here: a constructor copies them in one loop, `from` calls a function for each element.
  return { dims, data: data instanceof BigInt64Array ? Float64Array.from(data, Number) : new Float64Array(data) };
}

/** The tensor with elements of `type`. */
export function toHost({ dims, data }: NumericTensor, type: DataType): HostTensor {
  if (type === 'int64') return { type, dims, data: BigInt64Array.from(data, (element) => BigInt(element)) };
  const converted = allocateData(type, data.length);
  (converted as Float64Array).set(data);
  return { type, dims, data: converted };
}

/** Reads the elements at `offsets`. */
export function take(data: Float64Array, offsets: Int32Array): Float64Array {
  const taken = new Float64Array(offsets.length);
  for (let index = 0; index < taken.length; index++) taken[index] = data[offsets[index] as number] as number;
  return taken;
}

/** Writes `source` to `target` at `offsets`. */
export function put(target: Float64Array, offsets: Int32Array, source: Float64Array): Float64Array {
  offsets.forEach((offset, index) => {
    target[offset] = source[index] as number;
  });
  return target;
}

/** The one-dimensional lines of a tensor along `axis`: where each starts, how long they are, the distance inside. */
export function linesAlong(dims: readonly number[], axis: number) {
  const strides = stridesOf(dims);
  const starts = offsetsOf(dims.with(axis, 1), strides);
  return { starts, length: dims[axis] as number, stride: strides[axis] as number };
}

import { allocateData, type DataType, DataTypeMismatchError, type HostTensor } from '@nano-emox/tensor-contract';

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
  return { dims, data: Float64Array.from(data as ArrayLike<number | bigint>, Number) };
}

/** The tensor with elements of `type`. */
export function toHost({ dims, data }: NumericTensor, type: DataType): HostTensor {
  if (type === 'int64') return { type, dims, data: BigInt64Array.from(data, (element) => BigInt(element)) };
  const converted = allocateData(type, data.length);
  (converted as Float64Array).set(data);
  return { type, dims, data: converted };
}

export function productOf(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}

/** Distance in memory between neighbours on each axis. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = dims.map(() => 1);
  for (let axis = dims.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] as number) * (dims[axis + 1] as number);
  }
  return strides;
}

/** Strides that read a tensor of `dims` as if it were broadcast to `rank` axes: 0 where it repeats. */
export function broadcastStrides(dims: readonly number[], rank: number): number[] {
  const strides = stridesOf(dims).map((stride, axis) => (dims[axis] === 1 ? 0 : stride));
  return [...Array.from({ length: rank - dims.length }, () => 0), ...strides];
}

/** Offset of every element of a block of `dims`, in row-major order, when its axes have the given strides in memory. */
export function offsetsOf(dims: readonly number[], strides: readonly number[], start = 0): Int32Array {
  return dims.reduce((outer, size, axis) => {
    const inner = new Int32Array(outer.length * size);
    for (let index = 0; index < inner.length; index++) {
      inner[index] = (outer[Math.floor(index / size)] as number) + (index % size) * (strides[axis] as number);
    }
    return inner;
  }, Int32Array.of(start));
}

/** Reads the elements at `offsets`. */
export function take(data: Float64Array, offsets: Int32Array): Float64Array {
  return Float64Array.from(offsets, (offset) => data[offset] as number);
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

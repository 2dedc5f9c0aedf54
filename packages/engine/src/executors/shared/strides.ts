/** Arithmetic of dense row-major tensors, shared by the executors that compute node by node. */

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

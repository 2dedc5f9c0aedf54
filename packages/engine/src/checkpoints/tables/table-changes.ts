import { type HostTensor, ShapeMismatchError } from '@nano-emox/tensor-contract';
import { reorderRotaryRows, transposeTensor } from './tensor-shapes';
import type { TensorChange } from './tensor-table';

type Dims = readonly number[];

const misfit = (input: string, expected: readonly (string | number)[], received: Dims): ShapeMismatchError =>
  new ShapeMismatchError({
    where: 'name table',
    input,
    expected,
    received,
    hint: 'Use the table that belongs to the source of the checkpoint, with its sizes.',
  });

/** Shape of a tensor after a change. @throws ShapeMismatchError when the change does not fit it */
export function changedDims(name: string, dims: Dims, change: TensorChange): Dims {
  if (change.kind === 'rotary-rows') {
    const rows = dims[0] ?? 0;
    if (rows === 0 || rows % (2 * change.heads) !== 0)
      throw misfit(name, [`multiple of ${2 * change.heads}`, '…'], dims);
    return dims;
  }
  const { axes } = change;
  const isPermutation = axes.length === dims.length && dims.every((_, axis) => axes.includes(axis));
  if (!isPermutation)
    throw misfit(
      name,
      axes.map((axis) => `axis ${axis}`),
      dims,
    );
  return axes.map((axis) => dims[axis] as number);
}

/** A tensor after a change whose shape was found to fit. */
export function changeTensor(tensor: HostTensor, change: TensorChange): HostTensor {
  if (change.kind === 'transpose') return transposeTensor(tensor, change.axes);
  return reorderRotaryRows(tensor, change.heads, change.to === 'pairs');
}

/** Sizes of the parts of a tensor along an axis. @throws ShapeMismatchError when they do not add up */
export function partSizes(name: string, dims: Dims, axis: number, sizes: Dims | undefined, count: number): Dims {
  const size = dims[axis];
  const parts = sizes ?? Array.from({ length: count }, () => (size ?? 0) / count);
  const fits =
    size !== undefined &&
    parts.length === count &&
    parts.every((part) => Number.isInteger(part) && part > 0) &&
    parts.reduce((sum, part) => sum + part, 0) === size;
  if (!fits)
    throw misfit(
      name,
      dims.map((dim, index) => (index === axis ? (sizes ?? [`${count} parts`]).join(' + ') : dim)),
      dims,
    );
  return parts;
}

/** Shape of tensors put together along an axis. @throws ShapeMismatchError when other axes differ */
export function joinedDims(name: string, parts: readonly Dims[], axis: number): Dims {
  const first = parts[0] as Dims;
  for (const dims of parts) {
    const fits = dims.length === first.length && dims.every((size, index) => index === axis || size === first[index]);
    if (!fits || axis >= dims.length)
      throw misfit(
        `part of ${name}`,
        first.map((size, index) => (index === axis ? 'any' : size)),
        dims,
      );
  }
  return first.with(
    axis,
    parts.reduce((sum, dims) => sum + (dims[axis] as number), 0),
  );
}

import { elementCount, throwIfAborted } from '@nano-emox/tensor-contract';
import type { RegularFile } from '../../weights/regular-file';
import { storedDataTypes } from '../../weights/safetensors-header';
import { fileProblem, quoteName } from '../file-problem';
import { PickledTensor } from './pickle-values';

/** Elements that a view may have beyond those of its storage (`expand` repeats them): a few bytes must not ask for a terabyte. */
const MAX_REPEATED_ELEMENTS = 1 << 24;
/** Bytes of storage held while elements are picked out of it. */
const WINDOW_BYTES = 4 * 1024 * 1024;
/** Bytes of picked elements handed on at a time; a multiple of every element size. */
const PIECE_BYTES = 1024 * 1024;

/** One axis of a view. */
interface Axis {
  readonly size: number;
  readonly stride: number;
}

/** Whether the elements of a view lie one after the other, in order. */
export function isContiguous({ dims, strides }: PickledTensor): boolean {
  let expected = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    const size = dims[axis] as number;
    if (size === 0) return true;
    if (size !== 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}

/**
 * Requires a view to lie inside its storage, not to be absurdly larger than it, and not to overlap itself.
 * @throws InvalidFileError
 */
export function requireView(tensor: PickledTensor, name: string, path: string): void {
  const { dims, storage, offset } = tensor;
  const count = elementCount(dims);
  const problem = (what: string) => fileProblem(path, `tensor ${quoteName(name)} ${what}`);
  if (count > storage.elements + MAX_REPEATED_ELEMENTS)
    throw problem(`has ${count} elements in ${storage.elements} of storage`);
  if (count === 0) return;
  const last = axesOf(tensor).reduce((sum, { size, stride }) => sum + (size - 1) * stride, offset);
  if (last >= storage.elements) throw problem(`reaches element ${last} of a storage of ${storage.elements}`);
  const axes = axesOf(tensor).sort((a, b) => a.stride - b.stride);
  let extent = 1;
  for (const { size, stride } of axes.filter(({ stride }) => stride > 0)) {
    if (stride < extent) throw problem('overlaps itself, which is not read');
    extent = stride * size;
  }
}

/**
 * The same elements in the order in which they lie in the storage, largest stride first, and where each axis went: axis `i` of
 * the given view is axis `places[i]` of the result.
 */
export function inStorageOrder(tensor: PickledTensor): {
  readonly view: PickledTensor;
  readonly places: readonly number[];
} {
  const { dims, strides, storage, offset } = tensor;
  const axes = dims.map((_, axis) => axis);
  if (isContiguous(tensor)) return { view: tensor, places: axes }; // strides of axes of size 1 mean nothing
  const order = [...axes].sort((a, b) => (strides[b] as number) - (strides[a] as number) || a - b);
  const pick = (values: readonly number[]) => order.map((axis) => values[axis] as number);
  return {
    view: new PickledTensor(storage, offset, pick(dims), pick(strides)),
    places: axes.map((axis) => order.indexOf(axis)),
  };
}

/**
 * The elements of a view with gaps, in its own order, in pieces of whole elements. Strides must fall, so that the storage is
 * read once from front to back, through a window.
 * @param storageOffset - where the storage starts in the file
 * @throws InvalidFileError, AbortedError (checked for each window)
 */
export async function* gatherElements(
  file: RegularFile,
  tensor: PickledTensor,
  storageOffset: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const elementBytes = storedDataTypes[tensor.storage.dtype].sizeBytes;
  const endOffset = storageOffset + tensor.storage.elements * elementBytes;
  const piece = new Uint8Array(Math.min(PIECE_BYTES, elementCount(tensor.dims) * elementBytes));
  let window: Uint8Array = new Uint8Array(0);
  let windowOffset = 0;
  let filled = 0;
  for (const index of elementIndexes(tensor)) {
    const position = storageOffset + index * elementBytes;
    if (position < windowOffset || position + elementBytes > windowOffset + window.length) {
      throwIfAborted(signal, `reading ${file.path}`);
      window = await file.read(position, Math.min(WINDOW_BYTES, endOffset - position));
      windowOffset = position;
    }
    const start = position - windowOffset;
    for (let byte = 0; byte < elementBytes; byte++) piece[filled++] = window[start + byte] as number;
    if (filled < piece.length) continue;
    yield piece;
    filled = 0;
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

/** Index in the storage of each element of a view, row by row. */
function* elementIndexes({ dims, strides, offset }: PickledTensor): Generator<number, void, undefined> {
  const position = dims.map(() => 0);
  let index = offset;
  for (let left = elementCount(dims); left > 0; left--) {
    yield index;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      index += strides[axis] as number;
      position[axis] = (position[axis] as number) + 1;
      if ((position[axis] as number) < (dims[axis] as number)) break;
      index -= (strides[axis] as number) * (dims[axis] as number);
      position[axis] = 0;
    }
  }
}

/** The axes that have any extent. */
const axesOf = ({ dims, strides }: PickledTensor): Axis[] =>
  dims.map((size, axis) => ({ size, stride: strides[axis] as number })).filter(({ size }) => size > 1);

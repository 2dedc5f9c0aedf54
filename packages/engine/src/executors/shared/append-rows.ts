import { allocateData, type HostTensor } from '@nano-emox/tensor-contract';

type NumberData = Float32Array;

/**
 * `tensor` with the rows of `more` behind its own, along the first axis. The result lies in the memory of `tensor` while there is
 * room behind it, else in new memory of twice the size; so n appends copy O(n) rows, and the rows so far never move for one.
 * Only the newest result may be appended to: an older one shares the memory that the next rows are written to.
 */
export function appendRows(tensor: HostTensor, more: HostTensor): HostTensor {
  const held = tensor.data as NumberData;
  const length = held.length + more.data.length;
  const room = (held.buffer.byteLength - held.byteOffset) / held.BYTES_PER_ELEMENT;
  const target = room >= length ? held : (allocateData(tensor.type, 2 * length) as NumberData);
  const View = target.constructor as new (buffer: ArrayBufferLike, offset: number, length: number) => NumberData;
  const data = new View(target.buffer, target.byteOffset, length);
  if (target !== held) data.set(held);
  data.set(more.data as NumberData, held.length);
  const [rows, ...rest] = tensor.dims as [number, ...number[]];
  return { type: tensor.type, dims: [rows + (more.dims[0] as number), ...rest], data };
}

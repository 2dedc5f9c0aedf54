import type { HostTensor } from '@nano-emox/tensor-contract';
import type { RegularFile } from './regular-file';
import { allocateStored, decodeElements, decodeScales, requireFinite, type StoredTensor } from './stored-tensor';

/** How one tensor is read. */
export interface ReadStoredOptions {
  readonly requireFinite?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads one tensor, piece by piece.
 * @param pieces - its bytes, whole elements at aligned addresses; by default they lie in one place of the file
 * @throws InvalidFileError, NonFiniteError, AbortedError
 */
export async function readStoredTensor(
  file: RegularFile,
  stored: StoredTensor,
  options: ReadStoredOptions = {},
  pieces: AsyncIterable<Uint8Array> = file.pieces(stored.values.offsetBytes, stored.values.sizeBytes, options.signal),
): Promise<HostTensor> {
  const tensor = allocateStored(stored, file.path);
  const entry = stored.scales;
  const scales = entry && decodeScales(await file.read(entry.offsetBytes, entry.sizeBytes), stored, file.path);
  let element = 0;
  for await (const piece of pieces) {
    decodeElements(stored, piece, element, tensor, file.path, scales);
    element += piece.length / stored.values.elementBytes;
  }
  if (options.requireFinite ?? true) requireFinite(stored.name, tensor, file.path);
  return tensor;
}

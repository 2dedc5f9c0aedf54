import type { HostTensor } from '@nano-emox/tensor-contract';
import type { RegularFile } from './regular-file';
import { allocateStored, decodeElements, decodeScales, requireFinite, type StoredTensor } from './stored-tensor';

/** How one tensor is read. */
export interface ReadStoredOptions {
  readonly requireFinite?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Sees the bytes of the values in the order of the file, for checksums. */
  readonly onBytes?: ((bytes: Uint8Array) => void) | undefined;
}

/**
 * Reads one tensor from where its bytes lie, piece by piece.
 * @throws InvalidFileError, NonFiniteError, AbortedError
 */
export async function readStoredTensor(
  file: RegularFile,
  stored: StoredTensor,
  options: ReadStoredOptions = {},
): Promise<HostTensor> {
  const tensor = allocateStored(stored, file.path);
  const scaleEntry = stored.scales;
  const scales =
    scaleEntry && decodeScales(await file.read(scaleEntry.offsetBytes, scaleEntry.sizeBytes), stored, file.path);
  const { offsetBytes, sizeBytes, elementBytes } = stored.values;
  let element = 0;
  for await (const piece of file.pieces(offsetBytes, sizeBytes, options.signal)) {
    options.onBytes?.(piece);
    decodeElements(stored, piece, element, tensor, file.path, scales);
    element += piece.length / elementBytes;
  }
  if (options.requireFinite ?? true) requireFinite(stored.name, tensor, file.path);
  return tensor;
}

import type { HostTensor } from '@nano-emox/tensor-contract';
import { writeFileAtomic } from './atomic-file';
import { readStoredTensor } from './read-stored-tensor';
import { RegularFile } from './regular-file';
import { type EncodeSafetensorsOptions, safetensorsChunks } from './safetensors-chunks';
import type { DecodeSafetensorsOptions, SafetensorsContent } from './safetensors-codec';
import {
  HEADER_PREFIX_BYTES,
  parseSafetensorsHeader,
  readHeaderLength,
  type SafetensorsHeader,
} from './safetensors-header';
import { publicMetadata, selectStoredTensors } from './stored-tensor';

/** Progress of reading weights. `loadedBytes` only grows; `totalBytes` is the same in all events of one read. */
export type WeightsEvent =
  | { readonly type: 'weights-start'; readonly path: string; readonly tensors: number; readonly totalBytes: number }
  | {
      readonly type: 'weights-delta';
      readonly path: string;
      readonly name: string;
      readonly loadedBytes: number;
      readonly totalBytes: number;
    }
  | { readonly type: 'weights-end'; readonly path: string; readonly loadedBytes: number; readonly totalBytes: number };

/** How a safetensors file is read. */
export interface ReadSafetensorsOptions extends DecodeSafetensorsOptions {
  /** Checked between reads of at most 4 MiB. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: WeightsEvent) => void) | undefined;
}

/** How a safetensors file is written. */
export interface WriteSafetensorsOptions extends EncodeSafetensorsOptions {
  /** Checked between pieces; an aborted write leaves nothing behind. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a safetensors file tensor by tensor. F16, BF16 and our int8 storage arrive as float32, I16 as int32, the rest as
 * stored. The caller owns the tensors.
 * @throws MissingFileError, InvalidFileError, WeightsMismatchError (a requested name is absent), NonFiniteError, AbortedError
 */
export async function readSafetensors(path: string, options: ReadSafetensorsOptions = {}): Promise<SafetensorsContent> {
  return RegularFile.with(path, async (file) => {
    const header = await readHeader(file);
    const stored = selectStoredTensors(header, path, options);
    const totalBytes = stored.reduce((sum, { values, scales }) => sum + values.sizeBytes + (scales?.sizeBytes ?? 0), 0);
    options.onEvent?.({ type: 'weights-start', path, tensors: stored.length, totalBytes });
    const tensors = new Map<string, HostTensor>();
    let loadedBytes = 0;
    for (const item of stored) {
      tensors.set(item.name, await readStoredTensor(file, item, options));
      loadedBytes += item.values.sizeBytes + (item.scales?.sizeBytes ?? 0);
      options.onEvent?.({ type: 'weights-delta', path, name: item.name, loadedBytes, totalBytes });
    }
    options.onEvent?.({ type: 'weights-end', path, loadedBytes, totalBytes });
    return { tensors, metadata: publicMetadata(header) };
  });
}

/**
 * Reads and validates the header of a safetensors file alone: names, types, shapes as stored, and all metadata.
 * @throws MissingFileError, InvalidFileError
 */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  return RegularFile.with(path, readHeader);
}

/**
 * Writes tensors as a safetensors file, atomically and piece by piece. Tensors must not change until it is done.
 * @throws InvalidArgumentError, NonFiniteError, AbortedError, InvalidFileError (cannot be written); nothing is left behind
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, HostTensor>,
  metadata: Readonly<Record<string, string>> = {},
  options: WriteSafetensorsOptions = {},
): Promise<void> {
  await writeFileAtomic(path, safetensorsChunks(tensors, metadata, options), { signal: options.signal });
}

/** The validated header of an open file. @throws InvalidFileError */
export async function readHeader(file: RegularFile): Promise<SafetensorsHeader> {
  const prefix = await file.read(0, Math.min(HEADER_PREFIX_BYTES, file.sizeBytes));
  const headerBytes = HEADER_PREFIX_BYTES + readHeaderLength(prefix, file.sizeBytes, file.path);
  return parseSafetensorsHeader(await file.read(0, headerBytes), file.sizeBytes, file.path);
}

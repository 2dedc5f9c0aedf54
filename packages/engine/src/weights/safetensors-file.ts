import { type FileHandle, open, stat } from 'node:fs/promises';
import { type HostTensor, InvalidFileError, throwIfAborted } from '@nano-emox/tensor-contract';
import { writeFileAtomic } from './atomic-file';
import { fileError } from './file-errors';
import { type EncodeSafetensorsOptions, safetensorsChunks } from './safetensors-chunks';
import type { DecodeSafetensorsOptions, SafetensorsContent } from './safetensors-codec';
import {
  HEADER_PREFIX_BYTES,
  parseSafetensorsHeader,
  readHeaderLength,
  type SafetensorsEntry,
  type SafetensorsHeader,
} from './safetensors-header';
import {
  allocateStored,
  decodeElements,
  decodeScales,
  publicMetadata,
  requireFinite,
  type StoredTensor,
  selectStoredTensors,
} from './stored-tensor';

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

/** Bytes read and converted at a time; a multiple of every element size. Files of any length need no more than this beside the tensors. */
const READ_BYTES = 4 * 1024 * 1024;

/**
 * Reads a safetensors file tensor by tensor. F16, BF16 and our int8 storage arrive as float32, I16 as int32, the rest as
 * stored. The caller owns the tensors.
 * @throws MissingFileError, InvalidFileError, WeightsMismatchError (a requested name is absent), NonFiniteError, AbortedError
 */
export async function readSafetensors(path: string, options: ReadSafetensorsOptions = {}): Promise<SafetensorsContent> {
  return withRegularFile(path, async (file, fileSizeBytes) => {
    const header = await readHeader(file, fileSizeBytes, path);
    const stored = selectStoredTensors(header, path, options);
    const totalBytes = stored.reduce((sum, { values, scales }) => sum + values.sizeBytes + (scales?.sizeBytes ?? 0), 0);
    options.onEvent?.({ type: 'weights-start', path, tensors: stored.length, totalBytes });
    const tensors = new Map<string, HostTensor>();
    let loadedBytes = 0;
    for (const item of stored) {
      tensors.set(item.name, await readTensor(file, item, path, options));
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
  return withRegularFile(path, (file, fileSizeBytes) => readHeader(file, fileSizeBytes, path));
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

async function withRegularFile<T>(path: string, use: (file: FileHandle, sizeBytes: number) => Promise<T>): Promise<T> {
  try {
    // Looked at before it is opened: opening a named pipe would wait for a writer for ever.
    if (!(await stat(path)).isFile()) {
      throw new InvalidFileError({ message: `${path} is not a regular file`, hint: 'Pass the path of a file.', path });
    }
    const file = await open(path, 'r');
    try {
      return await use(file, (await file.stat()).size);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

async function readHeader(file: FileHandle, fileSizeBytes: number, path: string): Promise<SafetensorsHeader> {
  const prefix = new Uint8Array(Math.min(HEADER_PREFIX_BYTES, fileSizeBytes));
  await readFully(file, prefix, 0, path);
  const bytes = new Uint8Array(HEADER_PREFIX_BYTES + readHeaderLength(prefix, fileSizeBytes, path));
  await readFully(file, bytes, 0, path);
  return parseSafetensorsHeader(bytes, fileSizeBytes, path);
}

async function readTensor(
  file: FileHandle,
  stored: StoredTensor,
  path: string,
  options: ReadSafetensorsOptions,
): Promise<HostTensor> {
  const tensor = allocateStored(stored, path);
  const scales = stored.scales && decodeScales(await readEntry(file, stored.scales, path), stored, path);
  const { offsetBytes, sizeBytes, elementBytes } = stored.values;
  const buffer = new Uint8Array(Math.min(READ_BYTES, sizeBytes));
  for (let start = 0; start < sizeBytes; start += buffer.length) {
    throwIfAborted(options.signal, `reading ${path}`);
    const part = buffer.subarray(0, Math.min(buffer.length, sizeBytes - start));
    await readFully(file, part, offsetBytes + start, path);
    decodeElements(stored, part, start / elementBytes, tensor, path, scales);
  }
  if (options.requireFinite ?? true) requireFinite(stored.name, tensor, path);
  return tensor;
}

async function readEntry(file: FileHandle, entry: SafetensorsEntry, path: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(entry.sizeBytes);
  await readFully(file, bytes, entry.offsetBytes, path);
  return bytes;
}

async function readFully(file: FileHandle, target: Uint8Array, position: number, path: string): Promise<void> {
  for (let done = 0; done < target.length; ) {
    const { bytesRead } = await file.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) {
      throw new InvalidFileError({
        message: `${path} became shorter while it was read`,
        hint: 'Wait until the program that writes it is done.',
        path,
      });
    }
    done += bytesRead;
  }
}

import type { HostTensor } from '@nano-emox/tensor-contract';
import { type EncodeSafetensorsOptions, safetensorsChunks } from './safetensors-chunks';
import { parseSafetensorsHeader } from './safetensors-header';
import {
  allocateStored,
  decodeElements,
  decodeScales,
  publicMetadata,
  requireFinite,
  selectStoredTensors,
} from './stored-tensor';

/** What a safetensors file holds. The caller owns the tensors. */
export interface SafetensorsContent {
  readonly tensors: ReadonlyMap<string, HostTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** How tensors are read. */
export interface DecodeSafetensorsOptions {
  /** Read these tensors only. @default all */
  readonly names?: Iterable<string>;
  /** `float32` turns float64 into float32 as well, so that every floating-point tensor has one type. */
  readonly convert?: 'float32';
  /** Refuse NaN and infinity in floating-point tensors. @default true */
  readonly requireFinite?: boolean;
}

/**
 * Decodes a safetensors file in memory. F16, BF16 and our int8 storage arrive as float32, I16 as int32, the rest as stored.
 * @param path - named in errors
 * @throws InvalidFileError, WeightsMismatchError (a requested name is absent), NonFiniteError
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  path = 'safetensors bytes',
  options: DecodeSafetensorsOptions = {},
): SafetensorsContent {
  const header = parseSafetensorsHeader(bytes, bytes.length, path);
  const tensors = new Map<string, HostTensor>();
  for (const stored of selectStoredTensors(header, path, options)) {
    const tensor = allocateStored(stored, path);
    const slice = (entry: { offsetBytes: number; sizeBytes: number }) =>
      bytes.slice(entry.offsetBytes, entry.offsetBytes + entry.sizeBytes); // a copy, and so aligned for any element type
    const scales = stored.scales && decodeScales(slice(stored.scales), stored, path);
    decodeElements(stored, slice(stored.values), 0, tensor, path, scales);
    if (options.requireFinite ?? true) requireFinite(stored.name, tensor, path);
    tensors.set(stored.name, tensor);
  }
  return { tensors, metadata: publicMetadata(header) };
}

/**
 * Encodes tensors as a safetensors file in memory; the bytes are those that `writeSafetensors` would write.
 * @throws InvalidArgumentError, NonFiniteError
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, HostTensor>,
  metadata: Readonly<Record<string, string>> = {},
  options: EncodeSafetensorsOptions = {},
): Uint8Array {
  const chunks = [...safetensorsChunks(tensors, metadata, options)];
  const bytes = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

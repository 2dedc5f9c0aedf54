import type { RegularFile } from '../../weights/regular-file';
import { fileProblem, quoteName } from '../file-problem';
import { GgufCursor, GgufProblem, NeedsMoreBytes, refuseGguf } from './gguf-cursor';
import { type GgufTensorType, ggufTensorTypes } from './tensor-types';

/** Metadata of a GGUF file: numbers, texts, booleans and lists of them by key. Integers beyond 2^53 are bigints. */
export type GgufMetadata = ReadonlyMap<string, GgufValue>;
export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];

/** Where one tensor lies in a GGUF file. */
export interface GgufTensor {
  readonly name: string;
  /** Row-major, outermost first: the file lists them the other way round. */
  readonly dims: readonly number[];
  /** `undefined` for a type that is not read; see `typeCode`. */
  readonly type: GgufTensorType | undefined;
  readonly typeCode: number;
  /** From the start of the file. */
  readonly offsetBytes: number;
}

/** A validated header. */
export interface GgufHeader {
  readonly version: number;
  readonly metadata: GgufMetadata;
  readonly tensors: readonly GgufTensor[];
}

/** Read first; doubled until the header is whole. Vocabulary and merges take a few MB. */
const FIRST_BYTES = 1024 * 1024;
const MAX_HEADER_BYTES = 256 * 1024 * 1024;
const MAX_AXES = 4;
const MAX_NESTING = 4;
const MAX_NAME = 1024;
const DEFAULT_ALIGNMENT = 32;
const MAX_ALIGNMENT = 1024 * 1024;

/**
 * Reads and validates the header of a GGUF file of version 2 or 3, little-endian.
 * @throws InvalidFileError
 * @see docs/gguf.md of ggml
 */
export async function readGgufHeader(file: RegularFile): Promise<GgufHeader> {
  for (let sizeBytes = FIRST_BYTES; ; sizeBytes *= 4) {
    const bytes = await file.read(0, Math.min(sizeBytes, file.sizeBytes));
    try {
      return parseGgufHeader(new GgufCursor(bytes, file.sizeBytes), file.sizeBytes);
    } catch (error) {
      if (error instanceof NeedsMoreBytes && sizeBytes < MAX_HEADER_BYTES) continue;
      if (error instanceof NeedsMoreBytes) throw fileProblem(file.path, 'its header is longer than 256 MiB');
      if (error instanceof GgufProblem) throw fileProblem(file.path, `not a valid GGUF file: ${error.message}`);
      throw error;
    }
  }
}

function parseGgufHeader(cursor: GgufCursor, fileSizeBytes: number): GgufHeader {
  cursor.uint32(); // the magic number, looked at before
  const version = cursor.uint32();
  if (version !== 2 && version !== 3) refuseGguf(`version ${version} is not read, or its byte order is big-endian`);
  const tensorCount = cursor.count(24, 'a list of tensors');
  const metadataCount = cursor.count(13, 'metadata');
  const metadata = new Map<string, GgufValue>();
  for (let index = 0; index < metadataCount; index++) {
    const key = cursor.text();
    if (metadata.has(key)) refuseGguf(`the key ${quoteName(key)} occurs twice`);
    metadata.set(key, readValue(cursor, cursor.uint32(), 0));
  }
  const tensors = Array.from({ length: tensorCount }, () => readTensor(cursor));
  const alignment = readAlignment(metadata);
  const dataOffset = Math.ceil(cursor.offset / alignment) * alignment;
  const placed = tensors.map((tensor) => ({ ...tensor, offsetBytes: dataOffset + tensor.offsetBytes }));
  requirePlaces(placed, alignment, fileSizeBytes);
  return { version, metadata, tensors: placed };
}

/** Readers of plain values by type code, with the fewest bytes of each. */
const plainTypes: ReadonlyMap<number, { read(cursor: GgufCursor): GgufValue; leastBytes: number }> = new Map([
  [0, { read: (cursor: GgufCursor) => cursor.uint8(), leastBytes: 1 }],
  [1, { read: (cursor: GgufCursor) => cursor.int8(), leastBytes: 1 }],
  [2, { read: (cursor: GgufCursor) => cursor.uint16(), leastBytes: 2 }],
  [3, { read: (cursor: GgufCursor) => cursor.int16(), leastBytes: 2 }],
  [4, { read: (cursor: GgufCursor) => cursor.uint32(), leastBytes: 4 }],
  [5, { read: (cursor: GgufCursor) => cursor.int32(), leastBytes: 4 }],
  [6, { read: (cursor: GgufCursor) => cursor.float32(), leastBytes: 4 }],
  [7, { read: (cursor: GgufCursor) => cursor.bool(), leastBytes: 1 }],
  [8, { read: (cursor: GgufCursor) => cursor.text(), leastBytes: 8 }],
  [10, { read: (cursor: GgufCursor) => cursor.uint64(), leastBytes: 8 }],
  [11, { read: (cursor: GgufCursor) => cursor.int64(), leastBytes: 8 }],
  [12, { read: (cursor: GgufCursor) => cursor.float64(), leastBytes: 8 }],
]);
const ARRAY_TYPE = 9;

function readValue(cursor: GgufCursor, type: number, depth: number): GgufValue {
  const plain = plainTypes.get(type);
  if (plain !== undefined) return plain.read(cursor);
  if (type !== ARRAY_TYPE || depth >= MAX_NESTING) return refuseGguf(`metadata of type ${type}, or nested too deeply`);
  const itemType = cursor.uint32();
  const items = plainTypes.get(itemType);
  const count = cursor.listLength(items?.leastBytes ?? 12);
  const list: GgufValue[] = [];
  for (let index = 0; index < count; index++) {
    list.push(items ? items.read(cursor) : readValue(cursor, itemType, depth + 1));
  }
  return list;
}

/** As it stands in the file: its offset counts from the start of the data. */
function readTensor(cursor: GgufCursor): GgufTensor {
  const name = cursor.text();
  if (name === '' || name.length > MAX_NAME) refuseGguf('a tensor has an empty or endless name');
  const axes = cursor.uint32();
  if (axes > MAX_AXES) refuseGguf(`tensor ${quoteName(name)} has ${axes} axes`);
  const dims = Array.from({ length: axes }, () => Number(cursor.uint64())).reverse();
  const typeCode = cursor.uint32();
  return { name, dims, typeCode, type: ggufTensorTypes.get(typeCode), offsetBytes: Number(cursor.uint64()) };
}

function readAlignment(metadata: GgufMetadata): number {
  const alignment = metadata.get('general.alignment') ?? DEFAULT_ALIGNMENT;
  const isAlignment =
    typeof alignment === 'number' &&
    alignment >= 8 &&
    alignment <= MAX_ALIGNMENT &&
    Number.isInteger(Math.log2(alignment));
  return isAlignment ? alignment : refuseGguf('its alignment is not a power of two from 8 on');
}

/** Requires every tensor of a known type to lie in the file, aligned, and none over another. */
function requirePlaces(tensors: readonly GgufTensor[], alignment: number, fileSizeBytes: number): void {
  const names = new Set<string>();
  let endBytes = 0;
  for (const tensor of [...tensors].sort((a, b) => a.offsetBytes - b.offsetBytes)) {
    const label = `tensor ${quoteName(tensor.name)}`;
    if (names.has(tensor.name)) refuseGguf(`${label} occurs twice`);
    names.add(tensor.name);
    const sizeBytes = tensorBytes(tensor);
    if (!Number.isSafeInteger(tensor.offsetBytes + sizeBytes)) refuseGguf(`${label} has an impossible size`);
    if (tensor.offsetBytes % alignment !== 0) refuseGguf(`${label} is not aligned`);
    if (tensor.offsetBytes < endBytes) refuseGguf(`${label} overlaps another`);
    endBytes = tensor.offsetBytes + sizeBytes;
    if (endBytes > fileSizeBytes) refuseGguf(`${label} reaches past the end: byte ${endBytes} of ${fileSizeBytes}`);
  }
}

/** Bytes that a tensor takes in the file; 0 for a type that is not read. @throws GgufProblem when a row is no whole number of blocks */
export function tensorBytes({ name, dims, type }: GgufTensor): number {
  if (type === undefined) return 0;
  const rowSize = dims.at(-1) ?? 1;
  if (rowSize % type.blockElements !== 0)
    refuseGguf(`tensor ${quoteName(name)} has rows of ${rowSize}, not whole blocks`);
  return (dims.reduce((product, size) => product * size, 1) / type.blockElements) * type.blockBytes;
}

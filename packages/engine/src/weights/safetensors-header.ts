import { type DataType, InvalidFileError } from '@nano-emox/tensor-contract';
import { scanHeaderText } from './header-text';

/** Element types of a safetensors file that are read, their size, and the host type their values arrive in. */
export const storedDataTypes = {
  F64: { sizeBytes: 8, hostType: 'float64' },
  F32: { sizeBytes: 4, hostType: 'float32' },
  F16: { sizeBytes: 2, hostType: 'float32' },
  BF16: { sizeBytes: 2, hostType: 'float32' },
  I64: { sizeBytes: 8, hostType: 'int64' },
  I32: { sizeBytes: 4, hostType: 'int32' },
  I16: { sizeBytes: 2, hostType: 'int32' },
  I8: { sizeBytes: 1, hostType: 'int8' },
  U8: { sizeBytes: 1, hostType: 'uint8' },
  BOOL: { sizeBytes: 1, hostType: 'bool' },
} as const satisfies Record<string, { sizeBytes: number; hostType: DataType }>;

/** Name of an element type in a safetensors header. */
export type StoredDataType = keyof typeof storedDataTypes;

/** Where one tensor lies in a safetensors file. */
export interface SafetensorsEntry {
  readonly dtype: StoredDataType;
  readonly shape: readonly number[];
  /** From the start of the file. */
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly elementBytes: number;
}

/** A validated header. */
export interface SafetensorsHeader {
  /** In the order of the data. */
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes in front of the header that hold its length. */
export const HEADER_PREFIX_BYTES = 8;
/** Longest header that is read, the limit of the official library: a hostile length must not become an allocation. */
export const MAX_HEADER_BYTES = 100_000_000;

const METADATA_KEY = '__metadata__';

const damaged = (path: string, problem: string, cause?: unknown): InvalidFileError =>
  new InvalidFileError({
    message: `${path}: not a valid safetensors file: ${problem}`,
    hint: 'The file is damaged, incomplete or of another format; fetch or export it again.',
    path,
    cause,
  });

/**
 * Length of the JSON header in bytes, from the first 8 bytes of a file.
 * @throws InvalidFileError when the file is too short for it, or the length exceeds {@link MAX_HEADER_BYTES}
 */
export function readHeaderLength(prefix: Uint8Array, fileSizeBytes: number, path: string): number {
  if (fileSizeBytes < HEADER_PREFIX_BYTES || prefix.length < HEADER_PREFIX_BYTES) {
    throw damaged(path, `${fileSizeBytes} bytes are too short for a header length`);
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw damaged(path, `header length ${length} exceeds the limit of ${MAX_HEADER_BYTES} bytes`);
  }
  if (HEADER_PREFIX_BYTES + Number(length) > fileSizeBytes) {
    throw damaged(path, `header length ${length} reaches past the end of the file (${fileSizeBytes} bytes)`);
  }
  return Number(length);
}

/**
 * Reads and validates the header of a safetensors file. Nothing in it is trusted: every tensor must lie inside the file,
 * fill exactly the bytes its shape needs, and all of them together must cover the data without gap or overlap.
 * @param bytes - the file from its start, at least up to the end of the header
 * @param fileSizeBytes - size of the whole file
 * @param path - named in errors
 * @throws InvalidFileError
 */
export function parseSafetensorsHeader(bytes: Uint8Array, fileSizeBytes: number, path: string): SafetensorsHeader {
  const headerBytes = readHeaderLength(bytes, fileSizeBytes, path);
  const dataOffsetBytes = HEADER_PREFIX_BYTES + headerBytes;
  if (bytes.length < dataOffsetBytes) throw damaged(path, 'the header is cut off');
  const fields = parseHeaderObject(bytes.subarray(HEADER_PREFIX_BYTES, dataOffsetBytes), path);

  const metadata = readMetadata(fields.find(([key]) => key === METADATA_KEY)?.[1], path);
  const entries = fields
    .filter(([key]) => key !== METADATA_KEY)
    .map(([name, value]): [string, SafetensorsEntry] => [name, readEntry(name, value, dataOffsetBytes, path)])
    .sort(([, a], [, b]) => a.offsetBytes - b.offsetBytes || a.sizeBytes - b.sizeBytes);

  let endBytes = dataOffsetBytes;
  for (const [name, { offsetBytes, sizeBytes }] of entries) {
    if (offsetBytes !== endBytes) {
      const kind = offsetBytes < endBytes ? 'overlaps the tensor before it' : 'leaves a gap before it';
      throw damaged(path, `tensor ${quote(name)} ${kind}`);
    }
    endBytes += sizeBytes;
  }
  if (endBytes !== fileSizeBytes) {
    const kind = endBytes > fileSizeBytes ? 'tensors reach past the end of the file' : 'bytes follow the last tensor';
    throw damaged(path, `${kind}: data ends at byte ${endBytes}, the file at ${fileSizeBytes}`);
  }
  return { entries: new Map(entries), metadata };
}

function parseHeaderObject(bytes: Uint8Array, path: string): [string, unknown][] {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const problem = scanHeaderText(text);
    if (problem !== undefined) throw damaged(path, problem);
    return Object.entries(JSON.parse(text) as object);
  } catch (error) {
    if (error instanceof InvalidFileError) throw error;
    throw damaged(path, 'the header is not JSON', error);
  }
}

function readMetadata(value: unknown, path: string): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (!isObject(value) || Object.values(value).some((text) => typeof text !== 'string')) {
    throw damaged(path, `${METADATA_KEY} does not map strings to strings`);
  }
  return value as Record<string, string>;
}

function readEntry(name: string, value: unknown, dataOffsetBytes: number, path: string): SafetensorsEntry {
  const label = `tensor ${quote(name)}`;
  if (!isObject(value)) throw damaged(path, `${label} is not described by an object`);
  const { dtype, shape, data_offsets: offsets, ...others } = value;
  const unknownFields = Object.keys(others);
  if (unknownFields.length > 0) throw damaged(path, `${label} has the unknown field ${quote(unknownFields[0] ?? '')}`);
  if (typeof dtype !== 'string' || !Object.hasOwn(storedDataTypes, dtype)) {
    throw damaged(path, `${label} has dtype ${quote(dtype)}; ${Object.keys(storedDataTypes).join(', ')} are read`);
  }
  if (!isSizes(shape)) throw damaged(path, `${label} has a shape that is not a list of sizes`);
  if (!isSizes(offsets) || offsets.length !== 2)
    throw damaged(path, `${label} has data_offsets that are not two offsets`);
  const [begin, end] = offsets as [number, number];
  const { sizeBytes: elementBytes } = storedDataTypes[dtype as StoredDataType];
  const sizeBytes = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, elementBytes);
  if (!Number.isSafeInteger(sizeBytes)) throw damaged(path, `${label} has a shape whose size overflows`);
  if (end - begin !== sizeBytes) {
    throw damaged(path, `${label} holds ${end - begin} bytes, ${dtype} [${shape.slice(0, 8)}] needs ${sizeBytes}`);
  }
  return { dtype: dtype as StoredDataType, shape, offsetBytes: dataOffsetBytes + begin, sizeBytes, elementBytes };
}

/** A tensor to be written. */
export interface HeaderTensor {
  readonly name: string;
  readonly dtype: StoredDataType;
  readonly shape: readonly number[];
  readonly sizeBytes: number;
}

/**
 * Length prefix and JSON header of a file whose data are `tensors` in the given order, byte for byte as the official
 * library writes it: no white space, padded with spaces to a multiple of 8 so that the data are aligned.
 */
export function serialiseSafetensorsHeader(
  tensors: readonly HeaderTensor[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const fields: string[] = [];
  if (Object.keys(metadata).length > 0) fields.push(`${JSON.stringify(METADATA_KEY)}:${JSON.stringify(metadata)}`);
  let begin = 0;
  for (const { name, dtype, shape, sizeBytes } of tensors) {
    const entry = { dtype, shape, data_offsets: [begin, begin + sizeBytes] };
    fields.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    begin += sizeBytes;
  }
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(HEADER_PREFIX_BYTES + headerBytes).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(json, HEADER_PREFIX_BYTES);
  return bytes;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);

/** A name out of a hostile file, short enough for a message. */
const quote = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 120 ? `${text.slice(0, 117)}…"` : text;
};

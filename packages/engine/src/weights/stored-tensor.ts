import {
  allocateData,
  type DataType,
  elementCount,
  type HostTensor,
  InvalidFileError,
  NonFiniteError,
  WeightsMismatchError,
} from '@nano-emox/tensor-contract';
import { widenBfloat16, widenFloat16 } from './half-floats';
import { restoreInt8Rows } from './int8-rows';
import { type SafetensorsEntry, type SafetensorsHeader, storedDataTypes } from './safetensors-header';

/**
 * Metadata key of int8 storage. Its value lists, separated by commas, the tensors that are stored as I8 `[rows, …]` with a
 * companion F32 `<name>.scale` `[rows]`; value = code × scale of the row. Readers restore float32 and hide the companion.
 */
export const INT8_METADATA_KEY = 'nano-emox.int8';
/** Appended to the name of an int8 tensor for its scales. */
export const INT8_SCALE_SUFFIX = '.scale';

/** One tensor as a reader gives it: the type it arrives in, and where its bytes lie. */
export interface StoredTensor {
  readonly name: string;
  readonly type: DataType;
  readonly dims: readonly number[];
  readonly values: SafetensorsEntry;
  /** Row scales, for int8 storage. */
  readonly scales?: SafetensorsEntry;
}

/**
 * The tensors of a file that `names` asks for, in the order of the data, with int8 storage resolved.
 * @throws InvalidFileError when the int8 metadata does not fit the tensors
 * @throws WeightsMismatchError when the file lacks requested names
 */
export function selectStoredTensors(
  header: SafetensorsHeader,
  path: string,
  options: { readonly names?: Iterable<string>; readonly convert?: 'float32' },
): StoredTensor[] {
  const stored = resolveStoredTensors(header, path, options.convert);
  if (options.names === undefined) return [...stored.values()];
  const wanted = new Set(options.names);
  const missing = [...wanted].filter((name) => !stored.has(name));
  if (missing.length > 0) {
    throw new WeightsMismatchError({
      where: path,
      missing,
      unexpected: [],
      misshapen: [],
      hint: 'Ask for names that the file holds, or read it without names.',
    });
  }
  return [...stored.values()].filter(({ name }) => wanted.has(name));
}

function resolveStoredTensors(header: SafetensorsHeader, path: string, convert?: 'float32'): Map<string, StoredTensor> {
  const flagged = header.metadata[INT8_METADATA_KEY];
  const int8Names = new Set(flagged === undefined || flagged === '' ? [] : flagged.split(','));
  const companions = new Set([...int8Names].map((name) => name + INT8_SCALE_SUFFIX));
  const stored = new Map<string, StoredTensor>();
  for (const [name, values] of header.entries) {
    if (companions.has(name)) continue;
    const { hostType } = storedDataTypes[values.dtype];
    const type = convert !== undefined && hostType === 'float64' ? convert : hostType;
    stored.set(name, { name, type, dims: values.shape, values });
  }
  for (const name of int8Names) {
    const values = header.entries.get(name);
    const scales = header.entries.get(name + INT8_SCALE_SUFFIX);
    const fits =
      stored.has(name) &&
      values?.dtype === 'I8' &&
      scales?.dtype === 'F32' &&
      scales.shape.length === 1 &&
      values.shape.length > 0 &&
      scales.shape[0] === values.shape[0];
    if (!fits) {
      throw new InvalidFileError({
        message: `${path}: ${JSON.stringify(name.slice(0, 100))} is listed under ${INT8_METADATA_KEY} but is not I8 [rows, …] with F32 scales [rows]`,
        hint: 'The file is damaged or was edited; export it again.',
        path,
      });
    }
    stored.set(name, { name, type: 'float32', dims: values.shape, values, scales });
  }
  return stored;
}

/**
 * Zeroed host memory for a stored tensor.
 * @throws InvalidFileError when it does not fit into memory
 */
export function allocateStored({ name, type, dims }: StoredTensor, path: string): HostTensor {
  try {
    return { type, dims, data: allocateData(type, elementCount(dims)) };
  } catch (error) {
    throw new InvalidFileError({
      message: `${path}: tensor ${JSON.stringify(name)} [${dims}] does not fit into memory`,
      hint: 'Read fewer tensors with names, or use a machine with more memory.',
      path,
      cause: error,
    });
  }
}

/**
 * Decodes part of a tensor's bytes into `target`.
 * @param bytes - whole elements, at an address aligned for them; the first is element `firstElement` of the tensor
 * @param scales - row scales, for int8 storage
 * @throws InvalidFileError when a bool is neither 0 nor 1
 */
export function decodeElements(
  stored: StoredTensor,
  bytes: Uint8Array,
  firstElement: number,
  target: HostTensor,
  path: string,
  scales?: Float32Array,
): void {
  const { dtype, shape, elementBytes } = stored.values;
  const { buffer, byteOffset } = bytes;
  const count = bytes.length / elementBytes;
  const data = target.data;
  if (scales !== undefined) {
    const rowSize = elementCount(shape.slice(1));
    restoreInt8Rows(new Int8Array(buffer, byteOffset, count), firstElement, rowSize, scales, data as Float32Array);
  } else if (dtype === 'F16') {
    widenFloat16(new Uint16Array(buffer, byteOffset, count), data as Float32Array, firstElement);
  } else if (dtype === 'BF16') {
    widenBfloat16(new Uint16Array(buffer, byteOffset, count), data as Float32Array, firstElement);
  } else if (dtype === 'I16') {
    (data as Int32Array).set(new Int16Array(buffer, byteOffset, count), firstElement);
  } else if (dtype === 'F64' && target.type === 'float32') {
    (data as Float32Array).set(new Float64Array(buffer, byteOffset, count), firstElement);
  } else {
    if (dtype === 'BOOL') requireBools(stored.name, bytes, path);
    // The format is little-endian, as is every platform with a native runtime: the bytes are the values.
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength).set(bytes, firstElement * data.BYTES_PER_ELEMENT);
  }
}

/** Row scales of an int8 tensor from their bytes. @throws NonFiniteError */
export function decodeScales(bytes: Uint8Array, stored: StoredTensor, path: string): Float32Array {
  const scales = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  requireFinite(stored.name + INT8_SCALE_SUFFIX, { type: 'float32', dims: [scales.length], data: scales }, path);
  return scales;
}

/** @throws NonFiniteError naming the tensor and the first position of NaN or infinity */
export function requireFinite(name: string, tensor: HostTensor, where: string): void {
  if (tensor.type !== 'float32' && tensor.type !== 'float64') return;
  const values = tensor.data as Float32Array;
  let position = 0;
  while (position < values.length && Number.isFinite(values[position])) position++; // several times quicker than findIndex
  if (position === values.length) return;
  throw new NonFiniteError({
    message: `${where}: tensor ${JSON.stringify(name)} [${tensor.dims}] holds ${values[position]} at element ${position}`,
    hint: 'Weights that are not finite come from a failed training run or a damaged file; requireFinite: false lets them pass.',
  });
}

/** Metadata without the keys that describe storage. */
export function publicMetadata({ metadata }: SafetensorsHeader): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => key !== INT8_METADATA_KEY));
}

function requireBools(name: string, bytes: Uint8Array, path: string): void {
  if (bytes.every((byte) => byte <= 1)) return;
  throw new InvalidFileError({
    message: `${path}: tensor ${JSON.stringify(name)} is BOOL but holds bytes other than 0 and 1`,
    hint: 'The file is damaged, incomplete or of another format; fetch or export it again.',
    path,
  });
}

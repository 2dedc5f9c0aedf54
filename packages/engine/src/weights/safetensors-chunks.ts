import { elementCount, type HostTensor, InvalidArgumentError } from '@nano-emox/tensor-contract';
import { narrowToFloat16 } from './half-floats';
import { int8RowScales, quantiseInt8Rows } from './int8-rows';
import {
  type HeaderTensor,
  type StoredDataType,
  serialiseSafetensorsHeader,
  storedDataTypes,
} from './safetensors-header';
import { INT8_METADATA_KEY, INT8_SCALE_SUFFIX, requireFinite } from './stored-tensor';

/** How the values of a float32 tensor are kept on disk. `int8` needs at least two axes; the first one has the scales. */
export type WeightStorage = 'float32' | 'float16' | 'int8';

/** How tensors are written. */
export interface EncodeSafetensorsOptions {
  /** Storage of float32 tensors, one for all or chosen by name and shape; other types keep theirs. @default 'float32' */
  readonly storage?: WeightStorage | ((name: string, dims: readonly number[]) => WeightStorage);
  /** Refuse NaN and infinity in floating-point tensors; int8 storage always does. @default true */
  readonly requireFinite?: boolean;
}

/** Elements converted at a time: a few milliseconds of work, a few MB of memory. */
const CHUNK_ELEMENTS = 1 << 20;
/** Order of the data in a file, widest alignment first, as the official library sorts it. */
const dataOrder: readonly StoredDataType[] = ['I64', 'F64', 'F32', 'I32', 'BF16', 'F16', 'I16', 'I8', 'U8', 'BOOL'];

interface PlannedTensor extends HeaderTensor {
  chunks(): Iterable<Uint8Array>;
}

/**
 * The bytes of a safetensors file, piece by piece: the header, then each tensor, sorted by element size and name. Values
 * are converted when their piece is asked for, so tensors must not change until the last piece is taken.
 * @throws InvalidArgumentError, NonFiniteError
 */
export function* safetensorsChunks(
  tensors: ReadonlyMap<string, HostTensor>,
  metadata: Readonly<Record<string, string>>,
  options: EncodeSafetensorsOptions,
): Generator<Uint8Array, void, undefined> {
  const planned: PlannedTensor[] = [];
  const int8Names: string[] = [];
  for (const [name, tensor] of tensors) {
    requireWritable(name, tensor);
    const storage = chooseStorage(name, tensor, options);
    if (storage === 'int8') {
      if (tensors.has(name + INT8_SCALE_SUFFIX)) throw scaleNameTaken(name);
      int8Names.push(name);
      planned.push(...planInt8(name, tensor as HostTensor<'float32'>));
    } else {
      planned.push(planPlain(name, tensor, storage, options.requireFinite ?? true));
    }
  }
  planned.sort((a, b) => dataOrder.indexOf(a.dtype) - dataOrder.indexOf(b.dtype) || (a.name < b.name ? -1 : 1));
  yield serialiseSafetensorsHeader(planned, fileMetadata(metadata, int8Names));
  for (const tensor of planned) yield* tensor.chunks();
}

const plainStorage: Readonly<Record<HostTensor['type'], StoredDataType>> = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  int64: 'I64',
  int32: 'I32',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
};

function planPlain(name: string, tensor: HostTensor, storage: WeightStorage, finite: boolean): PlannedTensor {
  const narrows = tensor.type === 'float32' && storage === 'float16';
  const dtype = narrows ? 'F16' : plainStorage[tensor.type];
  return {
    ...header(name, dtype, tensor.dims),
    *chunks() {
      if (finite) requireFinite(name, tensor, 'safetensors writer');
      for (const { part } of parts(tensor)) {
        if (narrows) yield bytesOf(narrow(name, part as Float32Array));
        else yield bytesOf(part);
      }
    },
  };
}

function planInt8(name: string, tensor: HostTensor<'float32'>): PlannedTensor[] {
  const [rows = 0, ...rest] = tensor.dims;
  let rowScales: Float32Array | undefined;
  const scales = (): Float32Array => {
    if (rowScales === undefined) {
      requireFinite(name, tensor, 'safetensors writer');
      rowScales = int8RowScales(tensor.data, rows);
    }
    return rowScales;
  };
  const codes: PlannedTensor = {
    ...header(name, 'I8', tensor.dims),
    *chunks() {
      for (const { first, part } of parts(tensor)) {
        yield bytesOf(quantiseInt8Rows(part as Float32Array, first, elementCount(rest), scales()));
      }
    },
  };
  return [{ ...header(name + INT8_SCALE_SUFFIX, 'F32', [rows]), chunks: () => [bytesOf(scales())] }, codes];
}

function header(name: string, dtype: StoredDataType, shape: readonly number[]): HeaderTensor {
  return { name, dtype, shape, sizeBytes: elementCount(shape) * storedDataTypes[dtype].sizeBytes };
}

function* parts(tensor: HostTensor): Generator<{ first: number; part: HostTensor['data'] }> {
  for (let first = 0; first < tensor.data.length; first += CHUNK_ELEMENTS) {
    yield { first, part: tensor.data.subarray(first, first + CHUNK_ELEMENTS) };
  }
}

const bytesOf = (data: ArrayBufferView): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

function narrow(name: string, values: Float32Array): Uint16Array {
  const halves = narrowToFloat16(values);
  const overflow = halves.findIndex((bits, index) => (bits & 0x7fff) === 0x7c00 && Number.isFinite(values[index]));
  if (overflow < 0) return halves;
  throw new InvalidArgumentError({
    message: `safetensors writer: ${values[overflow]} in tensor ${JSON.stringify(name)} exceeds float16`,
    hint: 'Store this tensor as float32.',
    argument: 'storage',
  });
}

function chooseStorage(name: string, tensor: HostTensor, { storage }: EncodeSafetensorsOptions): WeightStorage {
  if (tensor.type !== 'float32') return 'float32';
  const chosen = typeof storage === 'function' ? storage(name, tensor.dims) : (storage ?? 'float32');
  if (!['float32', 'float16', 'int8'].includes(chosen)) {
    throw new InvalidArgumentError({
      message: `safetensors writer: storage ${JSON.stringify(chosen)} of tensor ${JSON.stringify(name)} is unknown`,
      hint: 'Use float32, float16 or int8.',
      argument: 'storage',
    });
  }
  if (chosen === 'int8' && (tensor.dims.length < 2 || name.includes(','))) {
    throw new InvalidArgumentError({
      message: `safetensors writer: tensor ${JSON.stringify(name)} [${tensor.dims}] cannot be stored as int8`,
      hint: 'int8 needs two axes or more and a name without commas; pass storage: matricesAsInt8, or float32 for this tensor.',
      argument: 'storage',
    });
  }
  return chosen;
}

/** Storage rule: int8 for tensors with two axes or more, float32 for vectors and scalars, which are small and sensitive. */
export const matricesAsInt8 = (_name: string, dims: readonly number[]): WeightStorage =>
  dims.length >= 2 ? 'int8' : 'float32';

function requireWritable(name: string, tensor: HostTensor): void {
  const problem =
    name === '' || name === '__metadata__' || name === '__proto__'
      ? 'has a reserved name'
      : !Object.hasOwn(plainStorage, tensor.type)
        ? `has the unknown type ${tensor.type}`
        : tensor.dims.some((size) => !Number.isSafeInteger(size) || size < 0)
          ? `has dims [${tensor.dims}] that are not sizes`
          : tensor.data.length !== elementCount(tensor.dims)
            ? `has ${tensor.data.length} elements for [${tensor.dims}]`
            : undefined;
  if (problem === undefined) return;
  throw new InvalidArgumentError({
    message: `safetensors writer: tensor ${JSON.stringify(name)} ${problem}`,
    hint: 'Pass tensors whose name, type, dims and data fit together.',
    argument: 'tensors',
  });
}

const scaleNameTaken = (name: string): InvalidArgumentError =>
  new InvalidArgumentError({
    message: `safetensors writer: int8 storage of ${JSON.stringify(name)} needs the name ${name}${INT8_SCALE_SUFFIX}, which is taken`,
    hint: 'Store this tensor as float32 or float16.',
    argument: 'storage',
  });

function fileMetadata(metadata: Readonly<Record<string, string>>, int8Names: string[]): Record<string, string> {
  const entries = Object.entries(metadata);
  const bad = entries.find(
    ([key, value]) => typeof value !== 'string' || [INT8_METADATA_KEY, '__proto__'].includes(key),
  );
  if (bad !== undefined) {
    throw new InvalidArgumentError({
      message: `safetensors writer: metadata ${JSON.stringify(bad[0])} is reserved or not a string`,
      hint: 'Metadata maps names to strings; turn other values into text with JSON.stringify.',
      argument: 'metadata',
    });
  }
  return int8Names.length > 0 ? { ...metadata, [INT8_METADATA_KEY]: int8Names.sort().join(',') } : { ...metadata };
}

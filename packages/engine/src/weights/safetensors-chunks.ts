import { elementCount, type HostTensor, InvalidArgumentError } from '@nano-emox/tensor-contract';
import { narrowToBfloat16, narrowToFloat16 } from './half-floats';
import { int8RowScales, quantiseInt8Rows } from './int8-rows';
import {
  type HeaderTensor,
  type StoredDataType,
  serialiseSafetensorsHeader,
  storedDataTypes,
} from './safetensors-header';
import { INT8_METADATA_KEY, INT8_SCALE_SUFFIX, requireFinite } from './stored-tensor';

const weightStorages = ['float32', 'float16', 'bfloat16', 'int8'] as const;

/** How the values of a float32 tensor are kept on disk. `int8` needs at least two axes; the first one has the scales. */
export type WeightStorage = (typeof weightStorages)[number];

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

/** Type and shape of a tensor, without its values. */
type TensorShape = Pick<HostTensor, 'type' | 'dims'>;

/** A tensor whose values are made when they are written. */
export interface TensorSource extends TensorShape {
  /** Called when it is the tensor's turn; with int8 storage twice. */
  read(): Promise<HostTensor>;
}

interface PlannedTensor extends HeaderTensor {
  /** Name of the tensor whose values it holds. */
  readonly source: string;
  chunks(tensor: HostTensor): Iterable<Uint8Array>;
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
  const { header, planned } = planFile(tensors, metadata, options);
  // Copied, so that values that are made when they are asked for are made once for each pass.
  for (const [name, tensor] of tensors) requireValues(name, { ...tensor }, tensor);
  yield header;
  for (const { source, chunks } of planned) yield* chunks({ ...(tensors.get(source) as HostTensor) });
}

/**
 * The same bytes of tensors that are read one at a time, so that a file may be larger than memory.
 * @throws as {@link safetensorsChunks}, and what `read` throws
 */
export async function* streamSafetensors(
  sources: ReadonlyMap<string, TensorSource>,
  metadata: Readonly<Record<string, string>> = {},
  options: EncodeSafetensorsOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { header, planned } = planFile(sources, metadata, options);
  yield header;
  for (const { source: name, chunks } of planned) {
    const source = sources.get(name) as TensorSource;
    const tensor = await source.read();
    requireValues(name, tensor, source);
    yield* chunks(tensor);
  }
}

/** Header and order of a file, from shapes alone. @throws InvalidArgumentError */
function planFile(
  tensors: ReadonlyMap<string, TensorShape>,
  metadata: Readonly<Record<string, string>>,
  options: EncodeSafetensorsOptions,
) {
  const planned: PlannedTensor[] = [];
  const int8Names: string[] = [];
  for (const [name, tensor] of tensors) {
    requireWritable(name, tensor);
    const storage = chooseStorage(name, tensor, options);
    if (storage === 'int8') {
      if (tensors.has(name + INT8_SCALE_SUFFIX)) throw scaleNameTaken(name);
      int8Names.push(name);
      planned.push(...planInt8(name, tensor));
    } else {
      planned.push(planPlain(name, tensor, storage, options.requireFinite ?? true));
    }
  }
  planned.sort((a, b) => dataOrder.indexOf(a.dtype) - dataOrder.indexOf(b.dtype) || (a.name < b.name ? -1 : 1));
  return { header: serialiseSafetensorsHeader(planned, fileMetadata(metadata, int8Names)), planned };
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

function planPlain(name: string, { type, dims }: TensorShape, storage: WeightStorage, finite: boolean): PlannedTensor {
  const narrowing = type === 'float32' ? narrowings[storage] : undefined;
  return {
    ...header(name, narrowing?.dtype ?? plainStorage[type], dims),
    source: name,
    *chunks(tensor) {
      if (finite) requireFinite(name, tensor, 'safetensors writer');
      for (const { part } of parts(tensor)) {
        yield bytesOf(narrowing ? narrowing.narrow(name, part as Float32Array) : part);
      }
    },
  };
}

function planInt8(name: string, { dims }: TensorShape): PlannedTensor[] {
  const [rows = 0, ...rest] = dims;
  let rowScales: Float32Array | undefined; // F32 comes before I8 in the file, so the scales are there when codes are made
  const scalesOf = (tensor: HostTensor): Float32Array => {
    if (rowScales === undefined) {
      requireFinite(name, tensor, 'safetensors writer');
      rowScales = int8RowScales(tensor.data as Float32Array, rows);
    }
    return rowScales;
  };
  const codes: PlannedTensor = {
    ...header(name, 'I8', dims),
    source: name,
    *chunks(tensor) {
      for (const { first, part } of parts(tensor)) {
        yield bytesOf(quantiseInt8Rows(part as Float32Array, first, elementCount(rest), scalesOf(tensor)));
      }
    },
  };
  const scales = header(name + INT8_SCALE_SUFFIX, 'F32', [rows]);
  return [{ ...scales, source: name, chunks: (tensor) => [bytesOf(scalesOf(tensor))] }, codes];
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

/** Storage in 16 bits: the infinity of the type, which a finite value must not become. */
const narrowings: Partial<
  Record<WeightStorage, { dtype: StoredDataType; narrow: (name: string, values: Float32Array) => Uint16Array }>
> = {
  float16: { dtype: 'F16', narrow: (name, values) => requireFitting(name, values, narrowToFloat16(values), 0x7c00) },
  bfloat16: { dtype: 'BF16', narrow: (name, values) => requireFitting(name, values, narrowToBfloat16(values), 0x7f80) },
};

function requireFitting(name: string, values: Float32Array, halves: Uint16Array, infinity: number): Uint16Array {
  const overflows = (index: number) =>
    ((halves[index] as number) & 0x7fff) === infinity && Number.isFinite(values[index]);
  let overflow = 0;
  while (overflow < halves.length && !overflows(overflow)) overflow++; // several times quicker than findIndex
  if (overflow === halves.length) return halves;
  throw new InvalidArgumentError({
    message: `safetensors writer: ${values[overflow]} in tensor ${JSON.stringify(name)} exceeds 16 bits`,
    hint: 'Store this tensor as float32.',
    argument: 'storage',
  });
}

function chooseStorage(name: string, tensor: TensorShape, { storage }: EncodeSafetensorsOptions): WeightStorage {
  if (tensor.type !== 'float32') return 'float32';
  const chosen = typeof storage === 'function' ? storage(name, tensor.dims) : (storage ?? 'float32');
  if (!weightStorages.includes(chosen)) {
    throw new InvalidArgumentError({
      message: `safetensors writer: storage ${JSON.stringify(chosen)} of tensor ${JSON.stringify(name)} is unknown`,
      hint: `Use ${weightStorages.join(', ')}.`,
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

function requireWritable(name: string, tensor: TensorShape): void {
  const problem =
    name === '' || name === '__metadata__' || name === '__proto__'
      ? 'has a reserved name'
      : !Object.hasOwn(plainStorage, tensor.type)
        ? `has the unknown type ${tensor.type}`
        : tensor.dims.some((size) => !Number.isSafeInteger(size) || size < 0)
          ? `has dims [${tensor.dims}] that are not sizes`
          : undefined;
  if (problem !== undefined) throw unwritable(name, problem);
}

/** Values must be what the header says of them. */
function requireValues(name: string, tensor: HostTensor, { type, dims }: TensorShape): void {
  const { length } = tensor.data;
  if (tensor.type === type && length === elementCount(dims)) return;
  throw unwritable(name, `has ${length} elements of ${tensor.type} for ${type} [${dims}]`);
}

const unwritable = (name: string, problem: string): InvalidArgumentError =>
  new InvalidArgumentError({
    message: `safetensors writer: tensor ${JSON.stringify(name)} ${problem}`,
    hint: 'Pass tensors whose name, type, dims and data fit together.',
    argument: 'tensors',
  });

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

import type { StoredDataType } from '../../weights/safetensors-header';
import { numpyScalar, numpyType } from './numpy-scalar';
import {
  PickledStorage,
  PickledTensor,
  PickleGlobal,
  type PickleKey,
  type PickleMap,
  type PickleValue,
  refuse,
} from './pickle-values';

const storageTypes: Readonly<Record<string, StoredDataType>> = {
  FloatStorage: 'F32',
  DoubleStorage: 'F64',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

/** Element types that may stand beside tensors as values; they become their names. */
const dtypeNames = ['float32', 'float64', 'float16', 'bfloat16', 'int64', 'int32', 'int16', 'int8', 'uint8', 'bool'];

/** Functions and classes that a pickle may call, written anew here: none runs code from the file. */
const callables: Readonly<Record<string, (args: readonly PickleValue[]) => PickleValue>> = {
  'collections.OrderedDict': orderedDict,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_parameter': ([tensor]) =>
    tensor instanceof PickledTensor ? tensor : refuse('a parameter without a tensor'),
  'torch.Size': ([sizes]) => Object.freeze([...sizeList(sizes, 'torch.Size')]),
  'torch.device': (args) => args.map(String).join(':'),
  'numpy.core.multiarray.scalar': numpyScalar,
  'numpy._core.multiarray.scalar': numpyScalar,
  'numpy.dtype': numpyType,
  '_codecs.encode': encodeText,
};

const globals: ReadonlyMap<string, PickleGlobal | string> = new Map<string, PickleGlobal | string>([
  ...Object.entries(storageTypes).map(
    ([name, type]) => [`torch.${name}`, new PickleGlobal(`torch.${name}`, type)] as const,
  ),
  ...dtypeNames.map((name) => [`torch.${name}`, `torch.${name}`] as const),
  ...Object.entries(callables).map(([name, call]) => [name, new PickleGlobal(name, undefined, call)] as const),
]);

/** A name of Python, if it is one of the few that tensors and plain values need. @throws PickleProblem */
export function knownGlobal(module: string, name: string): PickleValue {
  const full = `${module}.${name}`;
  return globals.get(full) ?? refuse(`it names ${full.slice(0, 100)}, which is neither a tensor nor a plain value`);
}

/**
 * The storage that a persistent id stands for: `('storage', type, key, location, elements)`, and in streams of torch before
 * 1.6 a view of it. @throws PickleProblem
 */
export function storageOf(id: PickleValue): PickledStorage {
  if (!Array.isArray(id) || id[0] !== 'storage') return refuse('it refers to something else than a storage');
  const [, type, key, , elements, view] = id as readonly PickleValue[];
  if (!(type instanceof PickleGlobal) || type.storageType === undefined) return refuse('a storage has no known type');
  if (typeof key !== 'string') return refuse('a storage has no key');
  if (view !== undefined && view !== null) return refuse('it uses views of storages, a form of torch before 0.4');
  return new PickledStorage(type.storageType, key, size(elements, 'the length of a storage'));
}

/** `(storage, offset, dims, strides, …)`; whether gradients were wanted does not matter here. */
function rebuildTensor([storage, offset, dims, strides]: readonly PickleValue[]): PickledTensor {
  if (!(storage instanceof PickledStorage)) return refuse('a tensor without a storage');
  const tensor = new PickledTensor(
    storage,
    size(offset, 'the offset of a tensor'),
    sizeList(dims, 'the shape of a tensor'),
    sizeList(strides, 'the strides of a tensor'),
  );
  if (tensor.dims.length !== tensor.strides.length)
    return refuse('a tensor has as many sizes as strides, here it has not');
  return tensor;
}

function orderedDict([pairs]: readonly PickleValue[]): PickleMap {
  const map: PickleMap = new Map();
  if (pairs === undefined) return map;
  if (!Array.isArray(pairs)) return refuse('an OrderedDict of something else than pairs');
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) return refuse('an OrderedDict of something else than pairs');
    map.set(plainKey(pair[0]), pair[1]);
  }
  return map;
}

/** How pickles of protocol 2 write bytes: as text of code points below 256. */
function encodeText([text, encoding]: readonly PickleValue[]): Uint8Array {
  if (typeof text !== 'string' || encoding !== 'latin1') return refuse('it encodes text otherwise than as bytes');
  return Uint8Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    return code < 256 ? code : refuse('bytes hold a character that is no byte');
  });
}

/** A key of a dictionary. @throws PickleProblem when it is not a plain value */
export function plainKey(value: PickleValue | undefined): PickleKey {
  if (value !== undefined && (value === null || typeof value !== 'object')) return value;
  return refuse('a key of a dictionary is not a plain value');
}

function sizeList(value: PickleValue | undefined, what: string): readonly number[] {
  if (!Array.isArray(value) || value.length > 16) return refuse(`${what} is not a list of at most 16 sizes`);
  return value.map((item) => size(item, what));
}

function size(value: PickleValue | undefined, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  return refuse(`${what} is not a size`);
}

import type { RegularFile } from '../../weights/regular-file';
import { storedDataTypes } from '../../weights/safetensors-header';
import { fileProblem, quoteName } from '../file-problem';
import { readPickle } from './pickle-reader';
import type { PickledStorage, PickleValue } from './pickle-values';
import { MAX_PICKLE_BYTES, type PickledFile } from './pytorch-archive';

/** Bytes in front of each storage that hold its number of elements. */
const LENGTH_BYTES = 8;
const PROTOCOL = 1001;

/**
 * Opens what torch.save wrote before 1.6: five pickles (a magic number, a version, the system, the object, the keys of the
 * storages), then the storages one after the other.
 * @throws InvalidFileError
 * @see torch/serialization.py of PyTorch, function `_legacy_save`
 */
export async function openPytorchStream(file: RegularFile): Promise<PickledFile> {
  const { path } = file;
  const bytes = await file.read(0, Math.min(file.sizeBytes, MAX_PICKLE_BYTES));
  const magic = readPickle(bytes, path); // recognised already, so only its end is of interest
  const protocol = readPickle(bytes, path, magic.endOffset);
  const system = readPickle(bytes, path, protocol.endOffset);
  if (protocol.value !== PROTOCOL)
    throw fileProblem(path, `its version is ${quoteName(protocol.value)}, ${PROTOCOL} is read`);
  if (!(system.value instanceof Map) || system.value.get('little_endian') !== true) {
    throw fileProblem(path, 'it does not say that its byte order is little-endian');
  }
  const content = readPickle(bytes, path, system.endOffset);
  const keys = readPickle(bytes, path, content.endOffset);
  const offsets = await locateStorages(file, keyList(keys.value, path), content.storages, keys.endOffset);
  return {
    value: content.value,
    locate: async ({ key }) => offsets.get(key) as number,
  };
}

function keyList(value: PickleValue, path: string): readonly string[] {
  if (Array.isArray(value) && value.every((key) => typeof key === 'string')) return value as readonly string[];
  throw fileProblem(path, 'its list of storages is damaged');
}

/** Walks over the storages; each has the length that the pickle says, and the last ends with the file. */
async function locateStorages(
  file: RegularFile,
  keys: readonly string[],
  storages: readonly PickledStorage[],
  startOffset: number,
): Promise<ReadonlyMap<string, number>> {
  const byKey = new Map(storages.map((storage) => [storage.key, storage]));
  const offsets = new Map<string, number>();
  let offset = startOffset;
  for (const key of keys) {
    const storage = byKey.get(key);
    if (storage === undefined || offsets.has(key))
      throw fileProblem(file.path, `storage ${quoteName(key)} is not used, or listed twice`);
    if (offset + LENGTH_BYTES > file.sizeBytes) throw cutOff(file.path, key);
    const length = new DataView((await file.read(offset, LENGTH_BYTES)).buffer).getBigUint64(0, true);
    if (length !== BigInt(storage.elements)) throw fileProblem(file.path, `storage ${quoteName(key)} has two lengths`);
    offsets.set(key, offset + LENGTH_BYTES);
    offset += LENGTH_BYTES + storage.elements * storedDataTypes[storage.dtype].sizeBytes;
    if (offset > file.sizeBytes) throw cutOff(file.path, key);
  }
  const absent = [...byKey.keys()].find((key) => !offsets.has(key));
  if (absent !== undefined) throw fileProblem(file.path, `storage ${quoteName(absent)} is missing`);
  if (offset !== file.sizeBytes)
    throw fileProblem(file.path, `${file.sizeBytes - offset} bytes follow the last storage`);
  return offsets;
}

const cutOff = (path: string, key: string) =>
  fileProblem(path, `it ends inside storage ${quoteName(key)}`, 'The file is truncated; fetch it again.');

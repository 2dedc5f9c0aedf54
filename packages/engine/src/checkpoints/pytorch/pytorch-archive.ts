import type { RegularFile } from '../../weights/regular-file';
import { storedDataTypes } from '../../weights/safetensors-header';
import { fileProblem, quoteName } from '../file-problem';
import { readPickle } from './pickle-reader';
import type { PickledStorage, PickleValue } from './pickle-values';
import { readZipDirectory, type ZipEntry } from './zip-directory';
import { EntryChecksum, locateEntry, readEntry } from './zip-entry';

/** Largest pickle that is read. That of a 2 B model has below 1 MB; values are kept outside of it. */
export const MAX_PICKLE_BYTES = 64 * 1024 * 1024;

/** A pickled object, and where the storages lie that its tensors are views of. */
export interface PickledFile {
  readonly value: PickleValue;
  /**
   * Where the bytes of a storage start in the file; its checksum, if there is one, holds.
   * @throws InvalidFileError, AbortedError
   */
  locate(storage: PickledStorage, signal?: AbortSignal): Promise<number>;
}

/**
 * Opens what torch.save writes since 1.6: a ZIP file with `<name>/data.pkl` and one entry `<name>/data/<key>` per storage.
 * @throws InvalidFileError
 */
export async function openPytorchArchive(file: RegularFile, verifyChecksums: boolean): Promise<PickledFile> {
  const entries = await readZipDirectory(file);
  const root = archiveRoot(entries, file.path);
  await requireLittleEndian(file, entries.get(`${root}byteorder`), verifyChecksums);
  const pickle = entries.get(`${root}data.pkl`) as ZipEntry;
  const { value } = readPickle(await readEntry(file, pickle, MAX_PICKLE_BYTES, verifyChecksums), file.path);
  const located = new Map<string, number>(); // storages that were checked
  return {
    value,
    async locate(storage, signal) {
      const entry = storageEntry(entries, root, storage, file.path);
      const offset = located.get(entry.name) ?? (await checkEntry(file, entry, verifyChecksums, signal));
      located.set(entry.name, offset);
      return offset;
    },
  };
}

function archiveRoot(entries: ReadonlyMap<string, ZipEntry>, path: string): string {
  const names = [...entries.keys()];
  if (names.some((name) => name.endsWith('/constants.pkl'))) {
    throw fileProblem(
      path,
      'a TorchScript program, which holds code',
      'Save the state dict of the model: torch.save(model.state_dict(), …).',
    );
  }
  const pickles = names.filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length === 1) return (pickles[0] as string).slice(0, -'data.pkl'.length);
  throw fileProblem(path, 'a ZIP file that torch.save did not write', 'Give the checkpoint inside the archive.');
}

async function requireLittleEndian(file: RegularFile, entry: ZipEntry | undefined, verify: boolean): Promise<void> {
  if (entry === undefined) return; // written since torch 2.1
  const order = new TextDecoder().decode(await readEntry(file, entry, 16, verify));
  if (order !== 'little') throw fileProblem(file.path, `its byte order is ${quoteName(order)}, little is read`);
}

function storageEntry(
  entries: ReadonlyMap<string, ZipEntry>,
  root: string,
  { key, dtype, elements }: PickledStorage,
  path: string,
): ZipEntry {
  const entry = entries.get(`${root}data/${key}`);
  if (entry === undefined) throw fileProblem(path, `storage ${quoteName(key)} is missing`);
  const sizeBytes = elements * storedDataTypes[dtype].sizeBytes;
  if (entry.sizeBytes === sizeBytes) return entry;
  throw fileProblem(path, `storage ${quoteName(key)} has ${entry.sizeBytes} bytes instead of ${sizeBytes}`);
}

async function checkEntry(file: RegularFile, entry: ZipEntry, verify: boolean, signal?: AbortSignal): Promise<number> {
  const offset = await locateEntry(file, entry);
  if (!verify) return offset;
  const checksum = new EntryChecksum(file.path, entry);
  for await (const piece of file.pieces(offset, entry.sizeBytes, signal)) checksum.update(piece);
  checksum.verify();
  return offset;
}

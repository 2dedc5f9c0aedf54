import { type BigIntStats, closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type HostTensor, InvalidFileError } from '@nano-emox/tensor-contract';
import { fileError } from './file-errors';
import { setFingerprint } from './fingerprint';
import { lazyTensor } from './lazy-tensor';
import { RegularFile } from './regular-file';
import { readHeader } from './safetensors-file';
import {
  allocateStored,
  decodeElements,
  decodeScales,
  requireFinite,
  type StoredTensor,
  selectStoredTensors,
} from './stored-tensor';

/** Bytes read at a time; a multiple of every element size. */
const READ_BYTES = 4 * 1024 * 1024;
/**
 * A file that was written so shortly before it is opened may be written again without its times changing: they are as coarse as
 * 2 s on some file systems. Such a file stands for nothing, its values are hashed.
 */
const SETTLED_MS = 2500;

/** What a file is known by. The time of the last change of status cannot be set back, as that of the content can. */
const identityOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join();

/**
 * Opens a safetensors file whose values are read when they are asked for, and kept only as long as somebody else keeps them: a change
 * made in place may be forgotten. The file stays on disk, unopened; one that was changed or replaced since is refused. Tensors of
 * a file that has settled have a fingerprint.
 * @throws MissingFileError, InvalidFileError; reading values: MissingFileError, InvalidFileError (also when the file changed), NonFiniteError
 */
export async function openSafetensors(path: string): Promise<ReadonlyMap<string, HostTensor>> {
  const stats = await stat(path, { bigint: true }).catch((error) => Promise.reject(fileError(error, path, 'read')));
  const stored = await RegularFile.with(path, async (file) => selectStoredTensors(await readHeader(file), path, {}));
  const identity = identityOf(stats);
  const changedMs = Math.max(Number(stats.mtimeMs), Number(stats.ctimeMs));
  const isSettled = Date.now() - changedMs > SETTLED_MS;
  return new Map(
    stored.map((entry): [string, HostTensor] => {
      const tensor = fileTensor(path, identity, entry);
      if (isSettled) setFingerprint(tensor, JSON.stringify([resolve(path), identity, entry.name]));
      return [entry.name, tensor];
    }),
  );
}

function fileTensor(path: string, identity: string, stored: StoredTensor): HostTensor {
  let held: WeakRef<HostTensor['data']> | undefined;
  return lazyTensor(stored, () => {
    const known = held?.deref();
    if (known) return known;
    const { data } = readUnchanged(path, identity, (fill) => readTensor(path, stored, fill));
    held = new WeakRef(data);
    return data;
  });
}

type Fill = (target: Uint8Array, position: number) => void;

/** Reads from a file that is the same before and after. @throws MissingFileError, InvalidFileError */
function readUnchanged<T>(path: string, identity: string, read: (fill: Fill) => T): T {
  try {
    const file = openSync(path, 'r');
    try {
      requireIdentity(file, path, identity);
      const result = read((target, position) => {
        for (let done = 0; done < target.length; ) {
          const count = readSync(file, target, done, target.length - done, position + done);
          if (count === 0) throw changed(path);
          done += count;
        }
      });
      requireIdentity(file, path, identity);
      return result;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

function readTensor(path: string, stored: StoredTensor, fill: Fill): HostTensor {
  const { values, scales: entry } = stored;
  const tensor = allocateStored(stored, path);
  let scales: Float32Array | undefined;
  if (entry) {
    const bytes = new Uint8Array(entry.sizeBytes);
    fill(bytes, entry.offsetBytes);
    scales = decodeScales(bytes, stored, path);
  }
  const buffer = new Uint8Array(Math.min(READ_BYTES, values.sizeBytes));
  for (let start = 0; start < values.sizeBytes; start += buffer.length) {
    const piece = buffer.subarray(0, Math.min(buffer.length, values.sizeBytes - start));
    fill(piece, values.offsetBytes + start);
    decodeElements(stored, piece, start / values.elementBytes, tensor, path, scales);
  }
  requireFinite(stored.name, tensor, path);
  return tensor;
}

function requireIdentity(file: number, path: string, identity: string): void {
  if (identityOf(fstatSync(file, { bigint: true })) !== identity) throw changed(path);
}

const changed = (path: string): InvalidFileError =>
  new InvalidFileError({
    message: `${path} was changed or replaced since it was opened`,
    hint: 'Load the model again.',
    path,
  });

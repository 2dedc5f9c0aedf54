import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileError } from '@nano-emox/engine/weights';
import { InvalidFileError, type RunOptions, throwIfAborted } from '@nano-emox/tensor-contract';
import { hashOf } from '../canonical-json';

/** Read at a time: memory stays small for a film of any length. */
const CHUNK_BYTES = 1 << 20;
/** A file that changed so recently could change again without its times showing it: clocks of file systems are coarse. */
const SETTLED_MS = 2_000;
/** Files remembered; the oldest are forgotten first. */
const MEMO_FILES = 100_000;

/** Hashes of files that did not change since, by absolute path. */
const memo = new Map<string, { readonly version: string; readonly hash: string }>();

/**
 * SHA-256 of the content of a file or of bytes, 64 hexadecimal digits: the same clip has one hash under any name. Files are
 * streamed; the hash of a file whose size and times are as before is remembered while the process lives.
 * @param source - path of a file, or bytes
 * @throws MissingFileError, InvalidFileError (not a regular file, not readable), AbortedError
 */
export async function contentHashOf(source: string | Uint8Array, { signal }: RunOptions = {}): Promise<string> {
  throwIfAborted(signal, 'contentHashOf');
  if (typeof source !== 'string') return hashOf(source);
  const path = resolve(source);
  try {
    const known = memo.get(path);
    if (known !== undefined && known.version === versionOf(await stat(path, { bigint: true }))) return known.hash;
    const file = await open(path, 'r');
    try {
      return await hashFile(file, path, signal);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

interface FileVersion {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

const versionOf = ({ ino, size, mtimeNs, ctimeNs }: FileVersion): string => [ino, size, mtimeNs, ctimeNs].join();

async function hashFile(file: FileHandle, path: string, signal: AbortSignal | undefined): Promise<string> {
  const before = await file.stat({ bigint: true });
  if (!before.isFile()) {
    throw new InvalidFileError({ message: `${path} is not a regular file`, hint: 'Pass the path of a clip.', path });
  }
  const hash = createHash('sha256');
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (;;) {
    throwIfAborted(signal, `hashing ${path}`);
    const { bytesRead } = await file.read(chunk);
    if (bytesRead === 0) break;
    hash.update(chunk.subarray(0, bytesRead));
  }
  const digest = hash.digest('hex');
  const version = versionOf(await file.stat({ bigint: true }));
  const isSettled = Date.now() - Number(before.ctimeNs / 1_000_000n) > SETTLED_MS;
  if (isSettled && version === versionOf(before)) remember(path, version, digest);
  return digest;
}

function remember(path: string, version: string, hash: string): void {
  memo.delete(path);
  memo.set(path, { version, hash });
  for (const oldest of memo.keys()) {
    if (memo.size <= MEMO_FILES) break;
    memo.delete(oldest);
  }
}

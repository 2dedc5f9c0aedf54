import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { DETECTION_BYTES, foreignContent } from '@nano-emox/engine/checkpoints';
import { fileError } from '@nano-emox/engine/weights';
import { InvalidFileError, throwIfAborted } from '@nano-emox/tensor-contract';

/** A file as a repository lists it. */
export interface HubFile {
  /** With slashes, relative to the repository. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly checksum: Checksum;
}

/** What the hub states of a file's content: SHA-256 of large files, the id of git's blob of small ones. */
export interface Checksum {
  readonly algorithm: 'sha256' | 'git-blob-sha1';
  /** Lower-case hexadecimal. */
  readonly digest: string;
}

/**
 * Requires a file to have the content that the repository lists.
 * @param name what the file is called in the error, as it may still have a temporary name
 * @throws InvalidFileError saying what it is instead, MissingFileError, AbortedError
 */
export async function requireContent(
  path: string,
  file: HubFile,
  { name = path, signal }: { readonly name?: string; readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { sizeBytes, digest, head } = await readContent(path, file, signal);
  const foreign = file.sizeBytes > 0 ? foreignContent(head) : undefined;
  // A repository that went through git without LFS lists pointers, and their checksums are right. A page may be what was asked for.
  const isPointer = foreign?.problem.includes('Git LFS') === true;
  const isRight = sizeBytes === file.sizeBytes && digest === file.checksum.digest;
  if (isRight && !isPointer) return;
  const { problem, hint } = foreign ?? difference(sizeBytes, digest, file);
  throw new InvalidFileError({ message: `${name}: ${problem}`, hint, path: name });
}

function difference(sizeBytes: number, digest: string, { sizeBytes: expectedBytes, checksum }: HubFile) {
  const hint = 'Pull it again; what is wrong is not kept.';
  if (sizeBytes < expectedBytes) return { problem: `truncated: ${sizeBytes} of ${expectedBytes} bytes`, hint };
  if (sizeBytes > expectedBytes) return { problem: `${sizeBytes} bytes, expected ${expectedBytes}`, hint };
  return { problem: `${checksum.algorithm} is ${digest}, expected ${checksum.digest}`, hint };
}

async function readContent(path: string, { sizeBytes, checksum }: HubFile, signal: AbortSignal | undefined) {
  const hash = createHash(checksum.algorithm === 'sha256' ? 'sha256' : 'sha1');
  if (checksum.algorithm === 'git-blob-sha1') hash.update(`blob ${sizeBytes}\0`);
  let readBytes = 0;
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>) {
      throwIfAborted(signal, `checking ${path}`);
      hash.update(piece);
      readBytes += piece.length;
    }
    return { sizeBytes: readBytes, digest: hash.digest('hex'), head: await readHead(path) };
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(DETECTION_BYTES), 0, DETECTION_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

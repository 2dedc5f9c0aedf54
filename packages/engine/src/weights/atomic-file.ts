import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { throwIfAborted } from '@nano-emox/tensor-contract';
import { fileError } from './file-errors';

/** Content of a file: text, bytes, or pieces of bytes made while they are written. */
export type FileContent = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Options of a write. */
export interface WriteFileOptions {
  /** Checked between pieces of at most 16 MiB; an aborted write leaves nothing behind. */
  readonly signal?: AbortSignal | undefined;
}

/** A complete file under a temporary name. Exactly one of the two methods is called. */
export interface StagedFile {
  /** Moves it to its own name, over an older file, in one step. */
  commit(): Promise<void>;
  /** Removes it. */
  discard(): Promise<void>;
}

/** Largest single write; one system call cannot take 2 GiB, and a signal is looked at between calls. */
const WRITE_BYTES = 16 * 1024 * 1024;

/** Temporary names, with the id of the process that writes. */
export const temporaryFilePattern = /^\.nano-emox-(\d+)-[0-9a-f]{12}\.tmp$/;

/**
 * Writes a file so that readers meet the old content or the new, never a part: temporary name in the same folder, flush to
 * the disk, rename. Missing folders are made.
 * @throws AbortedError, InvalidFileError (cannot be written), and whatever `content` throws; the temporary file is removed
 */
export async function writeFileAtomic(
  path: string,
  content: FileContent,
  options: WriteFileOptions = {},
): Promise<void> {
  const staged = await stageFile(path, content, options);
  await staged.commit();
}

/** First half of {@link writeFileAtomic}, for writing several files and then naming them together. */
export async function stageFile(
  path: string,
  content: FileContent,
  { signal }: WriteFileOptions = {},
): Promise<StagedFile> {
  throwIfAborted(signal, `writing ${path}`);
  const folder = dirname(path);
  const temporaryPath = join(folder, `.nano-emox-${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
  // Where the file cannot even be removed, the error that led here says more than the removal's.
  const discard = () => rm(temporaryPath, { force: true }).catch(() => undefined);
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(temporaryPath, 'wx');
    try {
      for await (const piece of pieces(content)) await writePiece(file, piece, path, signal);
      throwIfAborted(signal, `writing ${path}`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await discard();
    throw fileError(error, path, 'written');
  }
  return {
    discard,
    async commit() {
      try {
        await rename(temporaryPath, path);
      } catch (error) {
        await discard();
        throw fileError(error, path, 'written');
      }
      await syncFolder(folder);
    },
  };
}

function pieces(content: FileContent): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof content === 'string') return [new TextEncoder().encode(content)];
  return content instanceof Uint8Array ? [content] : content;
}

async function writePiece(file: FileHandle, piece: Uint8Array, path: string, signal?: AbortSignal): Promise<void> {
  for (let start = 0; start < piece.length; ) {
    throwIfAborted(signal, `writing ${path}`);
    const { bytesWritten } = await file.write(piece, start, Math.min(WRITE_BYTES, piece.length - start));
    start += bytesWritten;
  }
}

/** Makes the rename itself durable. Not every platform can open a folder; the file is whole either way. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync().catch(() => undefined);
  } finally {
    await handle?.close();
  }
}

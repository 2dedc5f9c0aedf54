import { copyFile, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from '@nano-emox/engine/weights';
import { InvalidFileError, NanoEmoxError, throwIfAborted } from '@nano-emox/tensor-contract';
import { type HubFile, requireContent } from './checksum';
import { sizeOf } from './repository-cache';
import { RequestFailure, type RetryOptions, retrying } from './retrying';

/** A file, where it goes, and where its bytes come from. */
export interface FileRequest extends RetryOptions {
  readonly file: HubFile;
  /** Name until it is complete and checked. */
  readonly partialPath: string;
  readonly path: string;
  readonly endpoint: string;
  readonly read: (offset: number) => AsyncIterable<Uint8Array>;
  /** Bytes there are of it now; fewer than before when it is begun anew. */
  readonly onProgress: (receivedBytes: number) => void;
}

/** HTTP status where a file ends before the bytes that were asked for. */
const RANGE_NOT_SATISFIABLE = 416;

/**
 * Fetches a file: what arrived earlier is continued, the whole is checked, and only then gets its name.
 * @throws EndpointError, InvalidFileError (content, disk), AbortedError; what arrived is kept unless it is wrong
 */
export async function receiveFile(request: FileRequest): Promise<void> {
  const { file, partialPath, path } = request;
  try {
    await mkdir(dirname(partialPath), { recursive: true });
    await mkdir(dirname(path), { recursive: true });
    const wasBegun = ((await sizeOf(partialPath)) ?? 0) > 0;
    await receive(request);
    // What was received before may be damaged; only a whole that came in one piece proves the service wrong.
    if (!(await isRight(request, !wasBegun))) {
      await receive(request);
      await isRight(request, true);
    }
    await rename(partialPath, path);
  } catch (error) {
    throw fileError(error, file.path, 'written');
  }
}

/** Removes a partial file that is not right. @throws InvalidFileError if `isFinal` */
async function isRight({ file, partialPath, signal }: FileRequest, isFinal: boolean): Promise<boolean> {
  try {
    await requireContent(partialPath, file, { name: file.path, signal });
    return true;
  } catch (error) {
    if (!(error instanceof InvalidFileError)) throw error;
    await rm(partialPath, { force: true });
    if (isFinal) throw error;
    return false;
  }
}

async function receive(request: FileRequest): Promise<void> {
  const { file, partialPath, endpoint } = request;
  let receivedBytes = 0;
  const attempt = async () => {
    receivedBytes = (await sizeOf(partialPath)) ?? 0;
    if (receivedBytes > file.sizeBytes) {
      await rm(partialPath, { force: true });
      receivedBytes = 0;
    }
    try {
      await append(request, receivedBytes, (bytes) => {
        receivedBytes += bytes;
        request.onProgress(receivedBytes);
      });
    } catch (error) {
      if (error instanceof RequestFailure && error.status === RANGE_NOT_SATISFIABLE) return; // too short: the check says so
      throw error;
    }
    if (receivedBytes >= file.sizeBytes) return;
    throw new RequestFailure(`the answer ended after ${receivedBytes} of ${file.sizeBytes} bytes`, undefined);
  };
  await retrying({ endpoint, name: file.path }, request, attempt, () => receivedBytes);
}

/** Adds what is missing; never more than one byte too many, which the check then refuses. */
async function append(request: FileRequest, offset: number, onBytes: (bytes: number) => void): Promise<void> {
  const { file, partialPath, signal } = request;
  const target = await open(partialPath, 'a');
  try {
    let room = file.sizeBytes - offset;
    if (room === 0) return;
    for await (const piece of request.read(offset)) {
      throwIfAborted(signal, `pulling ${file.path}`);
      const fitting = piece.subarray(0, room + 1);
      await target.appendFile(fitting);
      onBytes(fitting.length);
      room -= fitting.length;
      if (room < 0) return;
    }
    await target.sync();
  } finally {
    await target.close();
  }
}

/** Gives a complete file another name: shared on disk where the file system can, else copied; in one step. */
export async function shareFile(source: string, path: string, { asCopy = false } = {}): Promise<void> {
  const temporaryPath = `${path}.${process.pid}.incomplete`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await rm(temporaryPath, { force: true });
    const copy = () => copyFile(source, temporaryPath, 2 /* COPYFILE_FICLONE: shares blocks where possible */);
    await (asCopy ? copy() : link(source, temporaryPath).catch(copy));
    await rename(temporaryPath, path);
  } catch (error) {
    await rm(temporaryPath, { force: true }).catch(() => undefined);
    throw NanoEmoxError.isInstance(error) ? error : fileError(error, path, 'written');
  }
}

import { type FileHandle, open, stat } from 'node:fs/promises';
import { InvalidFileError, throwIfAborted } from '@nano-emox/tensor-contract';
import { fileError } from './file-errors';

/** Bytes read at a time; a multiple of every element size. Files of any length need no more than this beside the results. */
const READ_BYTES = 4 * 1024 * 1024;

/** A file that is open for reading anywhere in it. Whoever opened it closes it. */
export class RegularFile {
  private constructor(
    readonly path: string,
    readonly sizeBytes: number,
    private readonly handle: FileHandle,
  ) {}

  /** @throws MissingFileError, InvalidFileError (a folder, a pipe, or not readable) */
  static async open(path: string): Promise<RegularFile> {
    try {
      // Looked at before it is opened: opening a named pipe would wait for a writer for ever.
      if (!(await stat(path)).isFile()) {
        throw new InvalidFileError({
          message: `${path} is not a regular file`,
          hint: 'Pass the path of a file.',
          path,
        });
      }
      const handle = await open(path, 'r');
      return new RegularFile(path, (await handle.stat()).size, handle);
    } catch (error) {
      throw fileError(error, path, 'read');
    }
  }

  /** Opens, uses and closes a file. @throws what {@link open} and `use` throw; failures of the file system become typed errors */
  static async with<T>(path: string, use: (file: RegularFile) => Promise<T>): Promise<T> {
    const file = await RegularFile.open(path);
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  }

  /** Fills `target` with the bytes at `position`. @throws InvalidFileError when the file ends before it is full */
  async readInto(target: Uint8Array, position: number): Promise<void> {
    try {
      for (let done = 0; done < target.length; ) {
        const { bytesRead } = await this.handle.read(target, done, target.length - done, position + done);
        if (bytesRead === 0) throw becameShorter(this.path);
        done += bytesRead;
      }
    } catch (error) {
      throw fileError(error, this.path, 'read');
    }
  }

  /** `sizeBytes` bytes at `position`, in memory of their own. @throws InvalidFileError */
  async read(position: number, sizeBytes: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(sizeBytes);
    await this.readInto(bytes, position);
    return bytes;
  }

  /**
   * The bytes from `position` on, in pieces of at most 4 MiB, each starting at an address aligned for every element type. A
   * piece is valid until the next one is taken.
   * @throws InvalidFileError, AbortedError (checked before each piece)
   */
  async *pieces(
    position: number,
    sizeBytes: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const buffer = new Uint8Array(Math.min(READ_BYTES, sizeBytes));
    for (let start = 0; start < sizeBytes; start += buffer.length) {
      throwIfAborted(signal, `reading ${this.path}`);
      const piece = buffer.subarray(0, Math.min(buffer.length, sizeBytes - start));
      await this.readInto(piece, position + start);
      yield piece;
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

const becameShorter = (path: string): InvalidFileError =>
  new InvalidFileError({
    message: `${path} became shorter while it was read`,
    hint: 'Wait until the program that writes it is done.',
    path,
  });

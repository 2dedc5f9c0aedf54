import { type FileHandle, open } from 'node:fs/promises';

const blockBytes = 16 * 1024;
/** Well below the usual limit of open files per process. */
const maxOpenFiles = 32;

interface PooledFile {
  readonly handle: FileHandle;
  block: Buffer;
  blockStart: number;
}

/**
 * Reads byte ranges of many files. The first few stay open with one block at hand, since rows that are wanted together often
 * lie together; any further file is opened for each read.
 */
export class FilePool {
  private readonly files = new Map<string, Promise<PooledFile>>();

  /** The bytes of `path` from `start` up to `end`; fewer where the file is shorter. */
  async read(path: string, start: number, end: number): Promise<Buffer> {
    const pooled = this.files.get(path) ?? (this.files.size < maxOpenFiles ? this.keepOpen(path) : undefined);
    if (pooled) return readBlock(await pooled, start, end);
    const file = await openFile(path);
    return await readBlock(file, start, end).finally(() => file.handle.close());
  }

  /** Closes all files; a later read opens them again. */
  async close(): Promise<void> {
    const files = [...this.files.values()];
    this.files.clear();
    await Promise.all(files.map(async (file) => (await file.catch(() => undefined))?.handle.close()));
  }

  private keepOpen(path: string): Promise<PooledFile> {
    const file = openFile(path);
    this.files.set(path, file);
    file.catch(() => this.files.delete(path));
    return file;
  }
}

const openFile = async (path: string): Promise<PooledFile> => ({
  handle: await open(path, 'r'),
  block: Buffer.alloc(0),
  blockStart: 0,
});

async function readBlock(file: PooledFile, start: number, end: number): Promise<Buffer> {
  const isHeld = file.blockStart <= start && end <= file.blockStart + file.block.length;
  if (isHeld) return file.block.subarray(start - file.blockStart, end - file.blockStart);
  const buffer = Buffer.allocUnsafe(Math.max(blockBytes, end - start));
  const { bytesRead } = await file.handle.read(buffer, 0, buffer.length, start);
  file.block = buffer.subarray(0, bytesRead);
  file.blockStart = start;
  return buffer.subarray(0, Math.min(bytesRead, end - start));
}

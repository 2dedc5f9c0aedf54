import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileError, writeFileAtomic } from '@nano-emox/engine/weights';
import { type RunOptions, throwIfAborted } from '@nano-emox/tensor-contract';

/** A temporary file that nobody touched for so long has lost its writer. */
const LEFTOVER_AGE_MS = 3_600_000;
const SUFFIX = '.safetensors';

/**
 * Files by name that, once there, are complete and stay what they are. The first of several writers of a name wins, whatever
 * process it is in; the others learn that they came late.
 *
 * ```
 * root/ab/cdef….safetensors    named by a hash, spread over folders so that none holds too many
 * root/unfinished/             what is being written, swept when old
 * ```
 */
export class FeatureStore {
  private readonly unfinished: string;

  constructor(readonly root: string) {
    this.unfinished = join(root, 'unfinished');
  }

  /** Makes the folder and removes what writers that were killed have left. @throws InvalidFileError when it cannot be written */
  async prepare(): Promise<void> {
    try {
      await mkdir(this.unfinished, { recursive: true });
      const oldest = Date.now() - LEFTOVER_AGE_MS;
      for (const name of await readdir(this.unfinished)) {
        const path = join(this.unfinished, name);
        const modifiedMs = await stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => Number.POSITIVE_INFINITY, // its writer has just finished
        );
        if (modifiedMs < oldest) await rm(path, { force: true });
      }
    } catch (error) {
      throw fileError(error, this.root, 'written');
    }
  }

  /** Where `name`, a hash in hexadecimal, is kept. */
  pathOf(name: string): string {
    return join(this.root, name.slice(0, 2), `${name.slice(2)}${SUFFIX}`);
  }

  /** Content of a file; undefined when there is none. @throws InvalidFileError when it cannot be read */
  async read(name: string): Promise<Uint8Array | undefined> {
    const path = this.pathOf(name);
    try {
      return await readFile(path);
    } catch (error) {
      if (isCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
      throw fileError(error, path, 'read');
    }
  }

  /**
   * Adds a file. Killed at any moment, it leaves the whole file or none.
   * @returns false when another writer was first; its file stays
   * @throws InvalidFileError when it cannot be written, AbortedError
   */
  async add(name: string, content: Uint8Array, options: RunOptions): Promise<boolean> {
    const path = this.pathOf(name);
    const stagedPath = join(this.unfinished, `${process.pid}-${randomBytes(8).toString('hex')}${SUFFIX}`);
    try {
      await writeFileAtomic(stagedPath, content, options); // on the disk before it gets its name
      await mkdir(dirname(path), { recursive: true });
      return await linkOrRename(stagedPath, path);
    } catch (error) {
      throw fileError(error, path, 'written');
    } finally {
      await rm(stagedPath, { force: true }).catch(() => undefined);
    }
  }

  /** Removes a file if it is there. */
  async remove(name: string): Promise<void> {
    const path = this.pathOf(name);
    await rm(path, { force: true }).catch((error) => {
      throw fileError(error, path, 'written');
    });
  }

  /** Size of all files, in bytes. */
  async sizeBytes({ signal }: RunOptions = {}): Promise<number> {
    let total = 0;
    try {
      for (const folder of await this.folders()) {
        for (const name of await readdir(join(this.root, folder))) {
          throwIfAborted(signal, `measuring ${this.root}`);
          total += (await stat(join(this.root, folder, name))).size;
        }
      }
    } catch (error) {
      throw fileError(error, this.root, 'read');
    }
    return total;
  }

  /** Removes all files; those being written at this moment may appear afterwards. */
  async clear(): Promise<void> {
    try {
      for (const folder of await this.folders()) await rm(join(this.root, folder), { recursive: true, force: true });
    } catch (error) {
      throw fileError(error, this.root, 'written');
    }
  }

  private async folders(): Promise<string[]> {
    return (await readdir(this.root)).filter((name) => /^[0-9a-f]{2}$/.test(name));
  }
}

const isCode = (error: unknown, ...codes: string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException)?.code ?? '');

/** A hard link, unlike a rename, does not replace a file. Where a file system has none, the last writer wins instead. */
async function linkOrRename(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    if (!isCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
  }
  await rename(from, to);
  return true;
}

import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '@nano-emox/engine/runtime';
import { fileError } from '@nano-emox/engine/weights';
import { type RunOptions, throwIfAborted } from '@nano-emox/tensor-contract';

/** A large model as it was compiled, kept so that it need not be compiled again. */
export interface CompiledModel {
  /** Stands for the graph and the weights that it was made of. */
  readonly name: string;
  readonly sizeBytes: number;
  /** When it was last loaded, ISO 8601. */
  readonly usedAt: string;
}

/** Where the engine keeps compiled models, each in a folder of its own. */
export const compiledFolder = (): string => join(cacheFolder(), 'graphs');

/** Ends the name of a folder that is being written or removed; the engine removes those that killed processes left. */
const INCOMPLETE = '.incomplete';

/** Compiled models, the one that was used last first. */
export async function listCompiled(): Promise<CompiledModel[]> {
  const models: CompiledModel[] = [];
  for (const name of await namesIn(compiledFolder())) {
    if (name.endsWith(INCOMPLETE)) continue;
    const folder = join(compiledFolder(), name);
    const status = await stat(folder).catch(() => undefined); // another process may clear it meanwhile
    if (!status?.isDirectory()) continue;
    models.push({ name, sizeBytes: await sizeOf(folder), usedAt: status.mtime.toISOString() });
  }
  return models.sort((a, b) => b.usedAt.localeCompare(a.usedAt));
}

/**
 * Removes compiled models; the next load of a model compiles it again. Processes that have one loaded keep it.
 * @returns bytes that were freed
 * @throws AbortedError, InvalidFileError
 */
export async function clearCompiled({ signal }: RunOptions = {}): Promise<number> {
  let freedBytes = 0;
  for (const { name, sizeBytes } of await listCompiled()) {
    const folder = join(compiledFolder(), name);
    throwIfAborted(signal, `removing ${folder}`);
    // Renamed first: under its own name a model is whole or not there.
    const removed = `${folder}.${randomUUID()}${INCOMPLETE}`;
    try {
      await rename(folder, removed);
      await rm(removed, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw fileError(error, folder, 'written');
    }
    freedBytes += sizeBytes;
  }
  return freedBytes;
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

async function sizeOf(folder: string): Promise<number> {
  let sizeBytes = 0;
  for (const name of await namesIn(folder)) {
    sizeBytes += (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0;
  }
  return sizeBytes;
}

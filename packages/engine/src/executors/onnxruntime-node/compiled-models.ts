import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunOptions, throwIfAborted } from '@nano-emox/tensor-contract';
import { cacheFolder } from '../../weights/cache-folder';
import { fileError } from '../../weights/file-errors';
import { GRAPHS_FOLDER, isIncomplete, removeFolder } from './staged-models';

/** A large model as it was compiled, kept so that it need not be compiled again. */
export interface CompiledModel {
  /** Stands for the graph and the weights that it was made of. */
  readonly name: string;
  readonly sizeBytes: number;
  /** When it was last loaded, ISO 8601. */
  readonly usedAt: string;
}

/** Where compiled models are kept, each in a folder of its own. */
export const compiledModelsFolder = (): string => join(cacheFolder(), GRAPHS_FOLDER);

/** Compiled models, the one that was used last first. */
export async function listCompiledModels(): Promise<CompiledModel[]> {
  const models: CompiledModel[] = [];
  for (const name of await namesIn(compiledModelsFolder())) {
    if (isIncomplete(name)) continue;
    const folder = join(compiledModelsFolder(), name);
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
export async function clearCompiledModels({ signal }: RunOptions = {}): Promise<number> {
  let freedBytes = 0;
  for (const { name, sizeBytes } of await listCompiledModels()) {
    const folder = join(compiledModelsFolder(), name);
    throwIfAborted(signal, `removing ${folder}`);
    await removeFolder(folder).catch((error) => Promise.reject(fileError(error, folder, 'written')));
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

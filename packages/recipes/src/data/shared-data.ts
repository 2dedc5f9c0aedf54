import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MissingFileError } from '@nano-emox/tensor-contract';

const marker = 'pnpm-workspace.yaml';

/** Root of the repository this file lies in. @throws MissingFileError outside a checkout */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, marker))) {
    const parent = dirname(folder);
    if (parent === folder) {
      throw new MissingFileError({
        message: `repositoryRoot: no folder above ${fileURLToPath(import.meta.url)} holds ${marker}`,
        hint: 'Run the recipe from a checkout of the repository.',
        path: marker,
      });
    }
    folder = parent;
  }
  return folder;
}

/** Folder of the public data sets: `NANO_EMOX_DATA`, or `shared/data` beside the repository. It may not exist. */
export function sharedDataFolder(): string {
  return process.env.NANO_EMOX_DATA ?? join(repositoryRoot(), '..', 'shared', 'data');
}

/** Path of one file of the data folder. @throws MissingFileError when it is not there */
export function sharedDataFile(name: string, folder: string = sharedDataFolder()): string {
  const path = join(folder, name);
  if (existsSync(path)) return path;
  throw new MissingFileError({
    message: `sharedDataFile: ${path} does not exist`,
    hint: 'Put the data sets beside the repository as shared/data, or point NANO_EMOX_DATA at their folder.',
    path,
  });
}

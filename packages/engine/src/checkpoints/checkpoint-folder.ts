import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../weights/file-errors';
import { fileProblem } from './file-problem';

/** Files that make a folder a model, best first: what both forms hold is the same, and safetensors are read faster. */
const knownNames = [
  'model.safetensors.index.json',
  'model.safetensors',
  'adapter_model.safetensors',
  'pytorch_model.bin.index.json',
  'pytorch_model.bin',
  'adapter_model.bin',
];

/** Endings of files that are taken when they are the only one of their kind. */
const knownEndings = ['.safetensors', '.gguf', '.pth', '.pt', '.bin'];

/**
 * The file to open for a path: itself, or the weights in a folder.
 * @throws MissingFileError, InvalidFileError (no weights in the folder, or no telling which)
 */
export async function findCheckpointFile(path: string): Promise<string> {
  try {
    if (!(await stat(path)).isDirectory()) return path;
    const names = await readdir(path);
    const known = knownNames.find((name) => names.includes(name));
    if (known !== undefined) return join(path, known);
    for (const ending of knownEndings) {
      const found = names.filter((name) => name.endsWith(ending)).sort();
      if (found.length === 1) return join(path, found[0] as string);
      if (found.length > 1) {
        throw fileProblem(path, `several files of weights: ${found.slice(0, 8).join(', ')}`, 'Give the one to read.');
      }
    }
  } catch (error) {
    throw fileError(error, path, 'read');
  }
  throw fileProblem(
    path,
    'a folder without weights',
    `Expected ${knownNames.join(', ')}, or one file ending in ${knownEndings.join(', ')}.`,
  );
}

import { readFile, stat } from 'node:fs/promises';
import { InvalidFileError } from '@nano-emox/tensor-contract';
import { fileError } from './file-errors';
import { parseJson } from './parse-json';

/** Largest JSON file that is read; tokenizers, the largest ones a model has, stay below a quarter of it. */
const MAX_JSON_BYTES = 100_000_000;

/**
 * Reads a JSON file.
 * @throws MissingFileError, InvalidFileError (not JSON, not UTF-8, larger than 100 MB, not a regular file)
 */
export async function readJsonFile(path: string): Promise<unknown> {
  try {
    const status = await stat(path);
    if (!status.isFile() || status.size > MAX_JSON_BYTES) {
      throw new InvalidFileError({
        message: `${path} is not a regular file of at most ${MAX_JSON_BYTES} bytes`,
        hint: 'Pass the path of a JSON file.',
        path,
      });
    }
    const bytes = await readFile(path);
    return parseJson(bytes, path);
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

import { createHash } from 'node:crypto';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { RegularFile } from '../weights/regular-file';
import { fileProblem } from './file-problem';

/**
 * SHA-256 of a file in lower-case hexadecimal, read piece by piece.
 * @throws MissingFileError, InvalidFileError, AbortedError
 */
export async function fileSha256(
  path: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
  return RegularFile.with(path, async (file) => {
    const hash = createHash('sha256');
    for await (const piece of file.pieces(0, file.sizeBytes, options.signal)) hash.update(piece);
    return hash.digest('hex');
  });
}

/**
 * Requires a file to have a checksum.
 * @param expected - 64 hexadecimal digits
 * @throws InvalidFileError when it has another; MissingFileError, AbortedError, InvalidArgumentError (no checksum)
 */
export async function verifySha256(
  path: string,
  expected: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  if (!/^[0-9a-f]{64}$/i.test(expected)) {
    throw new InvalidArgumentError({
      message: `${path}: ${expected.slice(0, 80)} is not a SHA-256`,
      hint: 'Give its 64 hexadecimal digits.',
      argument: 'sha256',
    });
  }
  const actual = await fileSha256(path, options);
  if (actual === expected.toLowerCase()) return;
  throw fileProblem(
    path,
    `SHA-256 is ${actual}, expected ${expected.toLowerCase()}`,
    'The file is incomplete or another one; fetch it again.',
  );
}

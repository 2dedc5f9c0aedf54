import { InvalidFileError } from '@nano-emox/tensor-contract';

/** Reads JSON in UTF-8. @param path for the message @throws InvalidFileError */
export function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new InvalidFileError({
      message: `${path} is not JSON: ${(error as Error).message}`,
      hint: 'The file is damaged, incomplete or of another format; fetch or export it again.',
      path,
      cause: error,
    });
  }
}

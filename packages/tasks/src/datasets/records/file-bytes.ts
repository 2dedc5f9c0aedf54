import { createReadStream } from 'node:fs';
import { InvalidFileError } from '@nano-emox/tensor-contract';

const chunkBytes = 64 * 1024;

/** The bytes of a file, chunk by chunk. @throws InvalidFileError for UTF-16, which nothing else here would name */
export async function* fileBytes(path: string): AsyncGenerator<Buffer> {
  let first = true;
  for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes }) as AsyncIterable<Buffer>) {
    if (first && isUtf16(chunk)) {
      throw new InvalidFileError({
        message: `${path} is UTF-16`,
        hint: 'Convert it to UTF-8, e.g. with `iconv -f UTF-16 -t UTF-8`.',
        path,
      });
    }
    first = false;
    yield chunk;
  }
}

const isUtf16 = (bytes: Uint8Array) =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);

/** Length of the UTF-8 byte order mark at the beginning of a file. */
export function bomLength(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

import { type FileHandle, open } from 'node:fs/promises';
import { fileError } from '@nano-emox/engine/weights';
import { InvalidFileError, throwIfAborted } from '@nano-emox/tensor-contract';

/** A line of a text file, without its end. */
export interface ScannedLine {
  readonly text: string;
  /** Counts from 1. */
  readonly number: number;
  /** Position behind the line and its end. */
  readonly endBytes: number;
  /** Whether the line has its end; false for a last one that was cut off. */
  readonly isComplete: boolean;
}

const CHUNK_BYTES = 1 << 20;
/** Longer than any record; a file without line ends must not fill the memory. */
const MAX_LINE_BYTES = 16 << 20;
const LINE_END = 0x0a;

/**
 * The lines of a UTF-8 file, one in memory at a time.
 * @throws MissingFileError, InvalidFileError (not UTF-8, a line above 16 MiB, not readable), AbortedError
 */
export async function* scanLines(path: string, signal?: AbortSignal): AsyncGenerator<ScannedLine> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    yield* linesOf(file, path, signal);
  } catch (error) {
    throw fileError(error, path, 'read');
  } finally {
    await file?.close();
  }
}

async function* linesOf(file: FileHandle, path: string, signal?: AbortSignal): AsyncGenerator<ScannedLine> {
  let [rest, restStart, number] = [Buffer.alloc(0), 0, 0];
  for (;;) {
    throwIfAborted(signal, `reading ${path}`);
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES);
    if (bytesRead === 0) break;
    rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    let start = 0;
    for (let end = rest.indexOf(LINE_END); end >= 0; end = rest.indexOf(LINE_END, start)) {
      const text = decodeLine(rest.subarray(start, end), path, ++number);
      start = end + 1;
      yield { text, number, endBytes: restStart + start, isComplete: true };
    }
    rest = rest.subarray(start);
    restStart += start;
    if (rest.length > MAX_LINE_BYTES) throw badLine(path, number + 1, `is longer than ${MAX_LINE_BYTES} bytes`);
  }
  if (rest.length === 0) return;
  // The cut may lie inside a character, so this one is decoded leniently.
  yield { text: rest.toString(), number: number + 1, endBytes: restStart + rest.length, isComplete: false };
}

function decodeLine(bytes: Uint8Array, path: string, number: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r$/, '');
  } catch {
    throw badLine(path, number, 'is not UTF-8');
  }
}

/** Parses a line of JSON. @throws InvalidFileError */
export function parseLine({ text, number }: ScannedLine, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badLine(path, number, 'is not JSON');
  }
}

/** A line that says why its file cannot be used. */
export function badLine(path: string, number: number, problem: string): InvalidFileError {
  return new InvalidFileError({
    message: `${path}: line ${number} ${problem}`,
    hint: 'The file is damaged or of another format; mend or remove the line, or make the file again.',
    path,
  });
}

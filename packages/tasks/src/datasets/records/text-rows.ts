import { InvalidFileError } from '@nano-emox/tensor-contract';
import { bomLength } from './file-bytes';
import { maxRecordBytes, type RecordPlace } from './record';

const newline = 10;

/** A line of a text file with its place; neither line break nor byte order mark. */
export type TextRow = RecordPlace & { readonly text: string; readonly bytes: Uint8Array };

/** The lines of a file that hold more than blanks. @throws InvalidFileError for a line beyond {@link maxRecordBytes} */
export async function* textRows(chunks: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<TextRow> {
  let rest: Uint8Array = new Uint8Array(0);
  let start = 0;
  let line = 1;
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let to = bytes.indexOf(newline, Math.max(0, rest.length)); to >= 0; to = bytes.indexOf(newline, from)) {
      const row = asRow(bytes.subarray(from, to), start, line++);
      if (row) yield row;
      start += to + 1 - from;
      from = to + 1;
    }
    rest = bytes.subarray(from);
    if (rest.length > maxRecordBytes) throw lineTooLong(path, line);
  }
  const last = asRow(rest, start, line);
  if (last) yield last;
}

/** A line as text. */
export function decodeRow(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.replace(/\r?\n?$/, '');
}

function asRow(bytes: Uint8Array, offset: number, line: number): TextRow | undefined {
  const bom = offset === 0 ? bomLength(bytes) : 0;
  const text = decodeRow(bytes.subarray(bom));
  return text.trim() === '' ? undefined : { text, bytes, line, start: offset + bom, end: offset + bytes.length };
}

function lineTooLong(path: string, line: number): InvalidFileError {
  return new InvalidFileError({
    message: `${path}:${line}: the line is longer than ${maxRecordBytes} bytes`,
    hint: 'Expected a text file with a record per line; a JSON array or object is read as json, not as json-lines.',
    path,
  });
}

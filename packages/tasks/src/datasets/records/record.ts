import { isUtf8 } from 'node:buffer';
import type { Fields } from '../corpus';

/** Where a record lies in its file. */
export interface RecordPlace {
  /** Counted from 1; where the record begins. */
  readonly line: number;
  /** First byte, and the one behind the last. */
  readonly start: number;
  readonly end: number;
  /** Key of the member above, for JSON records two deep. */
  readonly outer?: string;
}

/** A record as its file holds it, or why it cannot be read. */
export type ScannedRecord = RecordPlace & ({ readonly fields: Fields } | { readonly problem: string });

/** Reads one file of one format: all of it in order, or a single record by its bytes. */
export interface RecordReader {
  /**
   * @param chunks the file from its beginning; the first chunk has at least the three bytes that a byte order mark takes
   * @throws InvalidFileError when the file is damaged so that later records cannot be found
   */
  scan(chunks: AsyncIterable<Uint8Array>): AsyncIterable<ScannedRecord>;
  /** The fields of a record that `scan` has found; throws a plain error when the bytes are no longer that record. */
  read(bytes: Uint8Array, place: Pick<RecordPlace, 'outer'>): Fields;
}

/** Longest record in bytes: far above any annotation, far below what a lost quote or bracket would swallow. */
export const maxRecordBytes = 16 * 2 ** 20;

/** What decoding puts in place of bytes that are not UTF-8; a few texts hold it as a character of their own. */
const replacementCharacter = '\uFFFD';

/** Says so when text was not UTF-8: such labels and words are garbage that looks like data. */
export function encodingProblem(text: string, bytes: () => Uint8Array): string | undefined {
  return text.includes(replacementCharacter) && !isUtf8(bytes()) ? 'the text is not UTF-8' : undefined;
}

import type { RecordFormat } from '../corpus';
import { DelimitedReader } from './delimited';
import { JsonMemberReader } from './json-members';
import { LineReader } from './lines';
import type { RecordReader } from './record';

/** A format of records inside a file. */
export type FileFormat = Exclude<RecordFormat, { kind: 'file-name' }>;

/** The reader of one file; it remembers the header it meets, so that each file has its own. */
export function recordReader(format: FileFormat, path: string): RecordReader {
  if (format.kind === 'delimited') return new DelimitedReader(format, path);
  if (format.kind === 'json') return new JsonMemberReader(format.depth, path);
  return new LineReader(format, path);
}

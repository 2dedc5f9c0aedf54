import type { Fields, RecordFormat } from '../corpus';
import { encodingProblem, type RecordReader, type ScannedRecord } from './record';
import { decodeRow, textRows } from './text-rows';

/** A record per line: JSON objects, or lines that a pattern takes apart. */
export class LineReader implements RecordReader {
  constructor(
    private readonly format: Extract<RecordFormat, { kind: 'json-lines' | 'lines' }>,
    private readonly path: string,
  ) {}

  async *scan(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ScannedRecord> {
    for await (const { text, bytes, line, start, end } of textRows(chunks, this.path)) {
      if (this.format.kind === 'lines' && this.format.ignore?.test(text)) continue;
      yield { line, start, end, ...this.parse(text, bytes) };
    }
  }

  read(bytes: Uint8Array): Fields {
    const parsed = this.parse(decodeRow(bytes), bytes);
    if ('problem' in parsed) throw new Error(parsed.problem);
    return parsed.fields;
  }

  private parse(text: string, bytes: Uint8Array): { fields: Fields } | { problem: string } {
    const problem = encodingProblem(text, () => bytes);
    if (problem) return { problem };
    if (this.format.kind === 'json-lines') return jsonFields(text);
    const match = this.format.pattern.exec(text);
    return match ? { fields: { ...match.groups } } : { problem: 'the line is not of the expected form' };
  }
}

function jsonFields(text: string): { fields: Fields } | { problem: string } {
  try {
    return objectFields(JSON.parse(text));
  } catch {
    return { problem: 'the line is not JSON' };
  }
}

/** A JSON value as fields; only objects are records. */
export function objectFields(value: unknown): { fields: Fields } | { problem: string } {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? { fields: value as Fields } : { problem: 'the record is not a JSON object' };
}

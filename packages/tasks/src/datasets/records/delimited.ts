import { pipeline, Readable } from 'node:stream';
import { InvalidFileError } from '@nano-emox/tensor-contract';
import { CsvError, type Options, parse } from 'csv-parse';
import { parse as parseNow } from 'csv-parse/sync';
import type { Fields, RecordFormat } from '../corpus';
import { LineCounter } from './line-counter';
import { encodingProblem, maxRecordBytes, type RecordReader, type ScannedRecord } from './record';

type DelimitedFormat = Extract<RecordFormat, { kind: 'delimited' }>;

interface ParsedRow {
  readonly record: readonly string[];
  readonly info: { readonly bytes: number };
}

/** Rows of a table: cells by column name. */
export class DelimitedReader implements RecordReader {
  private columns: readonly string[];

  constructor(
    private readonly format: DelimitedFormat,
    private readonly path: string,
  ) {
    this.columns = format.columns;
  }

  async *scan(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ScannedRecord> {
    const lines = new LineCounter();
    let start = 0;
    let headerAwaited = this.format.header !== 'none';
    try {
      for await (const { record, info } of this.rows(lines.watch(chunks))) {
        const place = { line: lines.lineAt(start), start, end: info.bytes };
        start = info.bytes;
        if (headerAwaited) this.readHeader(record);
        else yield { ...place, ...this.cells(record, () => lines.bytesUpTo(info.bytes)) };
        headerAwaited = false;
      }
    } catch (error) {
      throw error instanceof CsvError ? this.damaged(error, lines.lineAt(lastRecordEnd(error) ?? start)) : error;
    }
    if (headerAwaited) throw this.withoutHeader('is empty');
  }

  read(bytes: Uint8Array): Fields {
    const [record] = parseNow(Buffer.from(bytes), this.options()) as string[][];
    const cells = this.cells(record ?? [], () => bytes);
    if ('problem' in cells) throw new Error(cells.problem);
    return cells.fields;
  }

  private rows(chunks: AsyncIterable<Uint8Array>): AsyncIterable<ParsedRow> {
    const parser = parse({ ...this.options(), info: true, bom: true });
    pipeline(Readable.from(chunks, { objectMode: false }), parser, () => {}); // errors reach the reader of `parser`
    return parser;
  }

  private options(): Options {
    const { delimiter, quoted } = this.format;
    return {
      delimiter,
      quote: quoted ? '"' : null,
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ['\r\n', '\n'],
      max_record_size: maxRecordBytes,
    };
  }

  private readHeader(names: readonly string[]): void {
    const { header, columns } = this.format;
    const missing = columns.filter((column) => !names.includes(column));
    if (header === 'skip' ? names.length < columns.length : missing.length > 0) {
      throw this.withoutHeader(
        header === 'skip'
          ? `has ${names.length} columns where ${columns.length} (${columns.join(', ')}) are expected`
          : `lacks the columns ${missing.join(', ')}; it has ${names.join(', ')}`,
      );
    }
    if (header === 'names') this.columns = names;
  }

  private cells(record: readonly string[], bytes: () => Uint8Array): { fields: Fields } | { problem: string } {
    const problem = encodingProblem(record.join('\n'), bytes);
    if (problem) return { problem };
    const enough =
      this.format.header === 'names' ? record.length === this.columns.length : record.length >= this.columns.length;
    if (!enough) return { problem: `the row has ${record.length} cells where ${this.columns.length} are expected` };
    return { fields: Object.fromEntries(this.columns.map((column, index) => [column, record[index]])) };
  }

  private withoutHeader(what: string): InvalidFileError {
    return new InvalidFileError({
      message: `${this.path} ${what}`,
      hint: `Expected a table with the columns ${this.format.columns.join(', ')}.`,
      path: this.path,
    });
  }

  private damaged(cause: CsvError, line: number): InvalidFileError {
    const what = cause.code === 'CSV_MAX_RECORD_SIZE' ? `is longer than ${maxRecordBytes} bytes` : 'does not end';
    return new InvalidFileError({
      message: `${this.path}:${line}: the row that begins here ${what}`,
      hint: 'Look for a quote that is not closed.',
      path: this.path,
      cause,
    });
  }
}

/** Where the last complete row ended. Rows before a damaged one may not have been handed on yet. */
function lastRecordEnd(error: CsvError): number | undefined {
  const { bytes } = error as { bytes?: unknown };
  return typeof bytes === 'number' ? bytes : undefined;
}

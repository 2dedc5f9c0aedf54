import type { RecordFormat } from '../corpus';

/** A comma-separated table with a header and quotes. */
export const csv = (...columns: readonly string[]): RecordFormat => ({
  kind: 'delimited',
  delimiter: ',',
  quoted: true,
  header: 'names',
  columns,
});

/** A tab-separated table with a header; quotes are ordinary characters. */
export const tsv = (...columns: readonly string[]): RecordFormat => ({
  kind: 'delimited',
  delimiter: '\t',
  quoted: false,
  header: 'names',
  columns,
});

/** A tab-separated table whose header words differ between copies: columns are meant by position. */
export const tsvByPosition = (...columns: readonly string[]): RecordFormat => ({
  kind: 'delimited',
  delimiter: '\t',
  quoted: false,
  header: 'skip',
  columns,
});

/** Names that splits go by in annotation files. */
export const splitNames = Object.freeze({
  train: 'train',
  val: 'dev',
  valid: 'dev',
  validation: 'dev',
  dev: 'dev',
  test: 'test',
});

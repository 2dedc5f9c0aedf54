import { join } from 'node:path';
import { MissingFileError, throwIfAborted } from '@nano-emox/tensor-contract';
import type { AnnotationFiles, Corpus, CorpusLayout, Fields } from './corpus';
import type { FilePool } from './file-pool';
import { annotationFiles, checkSplits, findLayout } from './find-layout';
import { hash53, NumberTable } from './hash';
import type { DataSetOptions } from './options';
import { fileBytes } from './records/file-bytes';
import { fileNameFields } from './records/file-name';
import type { MatchedFile } from './records/match-files';
import type { RecordPlace, RecordReader, ScannedRecord } from './records/record';
import { recordReader } from './records/record-reader';
import type { EmotionSampleRow } from './row';
import { InvalidRowError, type RowIssue } from './row-issue';
import { SideTable } from './side-table';
import { nestedFields, type RowContext, toRow } from './to-rows';

/** An annotation file while it is read, and after. */
export interface OpenedFile {
  readonly files: AnnotationFiles;
  readonly match: MatchedFile;
  readonly path: string;
  /** Absent where the file itself is the record. */
  readonly reader?: RecordReader;
}

/** A row and where it comes from. */
export interface ScannedRow {
  readonly row: EmotionSampleRow;
  readonly file: OpenedFile;
  readonly place: RecordPlace;
  /** Which of the rows in its record. */
  readonly nested: number;
}

/** Finds out how the data set lies on disk and opens the tables beside its annotation. */
export async function openContext(
  corpus: Corpus,
  root: string,
  options: DataSetOptions,
  pool: FilePool,
): Promise<RowContext> {
  checkSplits(corpus, options);
  const layout = await findLayout(corpus, root);
  const check = () => throwIfAborted(options.signal, `reading ${corpus.name}`);
  const tables: SideTable[] = [];
  for (const rule of layout.joins ?? []) {
    const table = await SideTable.open(rule, root, pool, check);
    if (!table.isPresent && rule.required !== 'none') throw missingTable(corpus, layout, root, rule.as);
    tables.push(table);
  }
  return { corpus, layout, root, tables, options };
}

/** All rows in the order of the files. Reports and counts out what cannot be used. */
export async function* scanRows(context: RowContext, uniqueIds: boolean): AsyncGenerator<ScannedRow> {
  const { corpus, layout, root, options } = context;
  const ids = uniqueIds ? new NumberTable() : undefined;
  for await (const { files, match } of annotationFiles(corpus, layout, root, options)) {
    const file = openedFile(files, match, join(root, match.path));
    for await (const record of recordsOf(file)) {
      throwIfAborted(options.signal, `reading ${corpus.name}`);
      const report = reporter(context, file, record);
      if ('problem' in record) report(record.problem, 'skipped');
      else {
        const fields = { ...match.groups, ...record.fields };
        for (const scanned of await rowsOf(context, file, { ...record, fields }, ids, report)) yield scanned;
      }
    }
  }
}

type Report = (message: string, outcome: RowIssue['outcome']) => void;

/** The rows of a record: mostly one. */
async function rowsOf(
  context: RowContext,
  file: OpenedFile,
  record: RecordPlace & { readonly fields: Fields },
  ids: NumberTable | undefined,
  report: Report,
): Promise<readonly ScannedRow[]> {
  const rows: ScannedRow[] = [];
  const nested = nestedFields(context.layout, file.files.keep, record.fields);
  if (!nested) report(`${context.layout.expand} holds no records`, 'skipped');
  for (const [index, fields] of nested?.entries() ?? []) {
    const outcome = await toRow(context, file.files, fields);
    if ('ignored' in outcome) continue;
    if ('problem' in outcome) {
      report(outcome.problem, 'skipped');
      continue;
    }
    const { row, remarks } = outcome;
    if (ids && isRepeated(ids, row.id)) {
      report(`the id ${row.id} came before`, 'skipped');
      continue;
    }
    for (const remark of remarks) report(remark, 'kept');
    rows.push({ row, file, place: record, nested: index });
  }
  return rows;
}

function isRepeated(ids: NumberTable, id: string): boolean {
  const hash = hash53(id);
  if (ids.has(hash)) return true;
  ids.add(hash);
  return false;
}

function openedFile(files: AnnotationFiles, match: MatchedFile, path: string): OpenedFile {
  const { format } = files;
  return { files, match, path, ...(format.kind === 'file-name' ? {} : { reader: recordReader(format, path) }) };
}

function recordsOf({
  files,
  match,
  path,
  reader,
}: OpenedFile): AsyncIterable<ScannedRecord> | readonly ScannedRecord[] {
  if (reader) return reader.scan(fileBytes(path));
  const grammar = files.format.kind === 'file-name' ? files.format.grammar : undefined;
  return [{ line: 0, start: 0, end: 0, ...fileNameFields(match.groups, grammar) }];
}

function reporter({ corpus, options }: RowContext, { path, reader }: OpenedFile, { line }: RecordPlace): Report {
  return (message, outcome) => {
    const issue = { dataSet: corpus.name, path, ...(reader ? { line } : {}), message };
    if (outcome === 'skipped' && options.badRows !== 'skip') throw new InvalidRowError(issue);
    options.onRowIssue?.({ ...issue, outcome });
  };
}

function missingTable(corpus: Corpus, layout: CorpusLayout, root: string, name: string): MissingFileError {
  return new MissingFileError({
    message: `${corpus.name}: the table of ${name} is not in ${root}`,
    hint: `Expected ${layout.expects}.`,
    path: root,
  });
}

import { DisposedError, InvalidArgumentError, InvalidFileError } from '@nano-emox/tensor-contract';
import { type CorpusName, corpusOf } from './corpora';
import type { Corpus } from './corpus';
import { FilePool } from './file-pool';
import type { DataSetOptions } from './options';
import { type IndexedPlace, RecordIndex } from './record-index';
import { fileNameFields } from './records/file-name';
import type { EmotionSampleRow } from './row';
import { type OpenedFile, openContext, scanRows } from './scan-rows';
import { nestedFields, type RowContext, toRow } from './to-rows';

/** A data set with random access: what the sampler of a trainer asks for. */
export interface IndexedDataSet {
  readonly name: string;
  /** Rows that can be used; bad ones are already counted out. */
  readonly length: number;
  /**
   * Reads a row from its file.
   * @throws InvalidArgumentError for an index outside [0, length)
   * @throws InvalidFileError when the file has changed since it was indexed
   * @throws DisposedError after `dispose`
   */
  get(index: number): Promise<EmotionSampleRow>;
  /** Closes the files. Safe to repeat. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Reads a data set once, checks every row, and keeps only where each lies: 28 bytes per row and 12 to 24 for the check of
 * ids. (Sets whose annotation is the file name keep those names.) The caller disposes it.
 * @throws what {@link openDataSet} throws
 */
export async function indexDataSet(
  dataSet: CorpusName | Corpus,
  root: string,
  options: DataSetOptions = {},
): Promise<IndexedDataSet> {
  const pool = new FilePool();
  try {
    const context = await openContext(corpusOf(dataSet), root, options, pool);
    const rows = new RowIndex(context, pool);
    for await (const { file, place, nested } of scanRows(context, true)) rows.add(file, { ...place, nested });
    return rows;
  } catch (error) {
    await pool.close();
    throw error;
  }
}

class RowIndex implements IndexedDataSet {
  private readonly files: OpenedFile[] = [];
  private readonly places = new RecordIndex();
  private isDisposed = false;

  constructor(
    private readonly context: RowContext,
    private readonly pool: FilePool,
  ) {}

  get name(): string {
    return this.context.corpus.name;
  }

  get length(): number {
    return this.places.length;
  }

  /** Rows of one file come together. */
  add(file: OpenedFile, place: Omit<IndexedPlace, 'file'>): void {
    if (this.files.at(-1) !== file) this.files.push(file);
    this.places.add({ ...place, file: this.files.length - 1 });
  }

  async get(index: number): Promise<EmotionSampleRow> {
    if (this.isDisposed)
      throw new DisposedError({ message: `${this.name}: the data set was disposed`, hint: 'Index it anew.' });
    if (!Number.isInteger(index) || index < 0 || index >= this.length) throw this.noSuchRow(index);
    const place = this.places.get(index);
    const file = this.files[place.file] as OpenedFile;
    try {
      return await this.read(file, place);
    } catch (cause) {
      throw changedFile(file.path, place.line, cause);
    }
  }

  async dispose(): Promise<void> {
    this.isDisposed = true;
    await this.pool.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  private async read({ files, match, path, reader }: OpenedFile, place: IndexedPlace): Promise<EmotionSampleRow> {
    const own = reader
      ? reader.read(await this.pool.read(path, place.start, place.end), place)
      : nameFields(files, match);
    const record = { ...match.groups, ...own };
    const fields = nestedFields(this.context.layout, files.keep, record)?.[place.nested];
    const outcome = fields && (await toRow(this.context, files, fields));
    if (outcome && 'row' in outcome) return outcome.row;
    throw new Error(outcome && 'problem' in outcome ? outcome.problem : 'there is no such row any more');
  }

  private noSuchRow(index: number): InvalidArgumentError {
    return new InvalidArgumentError({
      message: `${this.name}: there is no row ${index}`,
      hint: `Rows are numbered from 0 to ${this.length - 1}.`,
      argument: 'index',
    });
  }
}

function nameFields({ format }: OpenedFile['files'], match: OpenedFile['match']) {
  const parsed = fileNameFields(match.groups, format.kind === 'file-name' ? format.grammar : undefined);
  return 'fields' in parsed ? parsed.fields : {};
}

function changedFile(path: string, line: number, cause: unknown): InvalidFileError {
  return new InvalidFileError({
    message: `${path}:${line}: the row that was indexed here cannot be read any more`,
    hint: 'The file has changed or is gone. Index the data set anew.',
    path,
    cause,
  });
}

import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { defaultModalityMode, type ModalityMode } from '../prompt/modality-modes';
import type { Corpus, CorpusLayout, RecordFormat } from './corpus';
import { joinInside } from './media-path';

/** A table of one's own: which column is what. Every text is a template, `'{column}'` in the simplest case. */
export interface TableDescription
  extends Pick<CorpusLayout, 'id' | 'subtitle' | 'speaker' | 'dialogue' | 'media' | 'targets' | 'joins' | 'expand'> {
  readonly name: string;
  /** File below the root by split, e.g. `{ train: 'train.csv', dev: 'dev.csv' }`; or one file and `splitColumn`. */
  readonly files: Readonly<Record<string, string>> | string;
  /** Where one file holds several splits: the column, and the name in it of each split. */
  readonly splitColumn?: { readonly value: string; readonly names: Readonly<Record<string, string>> };
  /**
   * By default from the ending: `.csv` comma and quotes, `.tsv` and `.txt` tab, all with a header; `.jsonl` or `.ndjson` an
   * object per line; `.json` one array, or one object whose keys are the field `$0`.
   */
  readonly format?: RecordFormat;
  /** Columns that a table must have; without it any header will do and absent columns show in the rows. */
  readonly columns?: readonly string[];
  readonly candidates?: readonly string[];
  /** @default 'multiface_audio_face_frame_text' */
  readonly modalityMode?: ModalityMode;
}

/**
 * Describes a CSV, TSV, JSON or JSON Lines data set, to be read like those with a name.
 * @throws InvalidArgumentError when a file lies outside the root, or its ending tells no format and none is given
 * @example
 * const mine = tableDataSet({
 *   name: 'my-clips',
 *   files: { train: 'train.csv' },
 *   id: '{clip}',
 *   subtitle: '{text}',
 *   media: { video: ['clips/{clip}.mp4'] },
 *   targets: [{ task: 'mer', label: '{emotion}', labels: ['happy', 'sad'] }],
 * });
 * for await (const row of openDataSet(mine, './data')) console.log(row.id);
 */
export function tableDataSet(description: TableDescription): Corpus {
  const { name, files, splitColumn, format, columns, candidates, modalityMode, ...fields } = description;
  const bySplit = typeof files === 'string' ? [[undefined, files] as const] : Object.entries(files);
  const splits = splitColumn
    ? [...new Set(Object.values(splitColumn.names))]
    : bySplit.map(([split]) => split ?? 'train');
  const annotation = bySplit.map(([split, path]) => ({
    path: segmentsOf(path),
    format: format ?? formatOf(path, columns ?? []),
    ...(splitColumn ? {} : { split: split ?? 'train' }),
  }));
  const layout: CorpusLayout = {
    ...fields,
    expects: bySplit.map(([, path]) => path).join(', '),
    files: annotation,
    ...(splitColumn ? { split: splitColumn } : {}),
  };
  return {
    name,
    title: name,
    splits,
    licence: 'as its owner says',
    modalityMode: modalityMode ?? defaultModalityMode,
    ...(candidates ? { candidates } : {}),
    layouts: [layout],
  };
}

function segmentsOf(path: string): readonly string[] {
  if (joinInside('.', path) !== undefined) return path.split('/');
  throw new InvalidArgumentError({
    message: `tableDataSet: the file ${path} lies outside the data set`,
    hint: 'Name files below the root, without "..".',
    argument: 'files',
  });
}

function formatOf(path: string, columns: readonly string[]): RecordFormat {
  const table = { kind: 'delimited', header: 'names', columns } as const;
  switch (/\.(\w+)$/.exec(path)?.[1]?.toLowerCase()) {
    case 'csv':
      return { ...table, delimiter: ',', quoted: true };
    case 'tsv':
    case 'txt':
      return { ...table, delimiter: '\t', quoted: false };
    case 'json':
      return { kind: 'json', depth: 1 };
    case 'jsonl':
    case 'ndjson':
      return { kind: 'json-lines' };
    default:
      throw new InvalidArgumentError({
        message: `tableDataSet: the name ${path} does not tell the format`,
        hint: 'Name a .csv, .tsv, .txt, .json or .jsonl file, or pass format.',
        argument: 'files',
      });
  }
}

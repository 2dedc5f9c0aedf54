import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidFileError, MissingFileError } from '@nano-emox/tensor-contract';
import { parse } from 'csv-parse/sync';
import { readOpenLabels } from '../open-labels';
import { createEmotionWheels, type EmotionWheel, type EmotionWheels, lookupForm } from './emotion-wheels';

/**
 * Reads wheels in the published layout from a folder: `format.csv` (columns `name`, `format`), `synonym.csv` (pairs of
 * columns `word_run1`, `synonym_run1`, …) and `wheel1.csv`, `wheel2.csv`, … (columns `level1`, `level2`, `level3`, where a
 * blank carries the value above on). The published `.xlsx` tables have to be saved as CSV first.
 * @throws MissingFileError when a table is not there
 * @throws InvalidFileError when a table is not CSV or lacks a column
 */
export async function readEmotionWheels(folder: string): Promise<EmotionWheels> {
  const wheelFiles = await wheelFilesIn(folder);
  const [format, synonym, ...wheels] = await Promise.all(
    ['format.csv', 'synonym.csv', ...wheelFiles].map((name) => readTable(join(folder, name))),
  );
  return createEmotionWheels({
    wheels: wheels.map((table, index) => wheelFrom(table, (wheelFiles[index] as string).replace('.csv', ''))),
    forms: rowsOf(format as Table, ['name', 'format']).map(([name, forms]) => [name, readOpenLabels(forms)]),
    synonyms: runsOf(synonym as Table).flatMap((columns) =>
      rowsOf(synonym as Table, columns)
        .filter(([word]) => word.trim() !== '')
        .map(([word, synonyms]) => [word, readOpenLabels(synonyms)] as const),
    ),
  });
}

interface Table {
  readonly path: string;
  readonly rows: readonly Readonly<Record<string, string>>[];
}

const wheelFile = /^wheel(\d+)\.csv$/;

async function wheelFilesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((cause) => missing(folder, cause));
  const numberOf = (name: string) => Number(wheelFile.exec(name)?.[1]);
  const wheels = names.filter((name) => wheelFile.test(name)).sort((a, b) => numberOf(a) - numberOf(b));
  return wheels.length > 0 ? wheels : missing(join(folder, 'wheel1.csv'));
}

async function readTable(path: string): Promise<Table> {
  const text = await readFile(path, 'utf8').catch((cause) => missing(path, cause));
  try {
    return { path, rows: parse(text, { columns: true, bom: true, skip_empty_lines: true }) };
  } catch (cause) {
    throw invalid(path, `is not a table: ${(cause as Error).message}`, cause);
  }
}

function missing(path: string, cause?: unknown): never {
  throw new MissingFileError({
    message: `readEmotionWheels: cannot read ${path}`,
    hint: 'The folder needs format.csv, synonym.csv and wheel1.csv to wheelN.csv; save .xlsx tables as CSV.',
    path,
    cause,
  });
}

function invalid(path: string, problem: string, cause?: unknown): InvalidFileError {
  const hint = 'Use the published layout: a header line, then rows separated by commas.';
  return new InvalidFileError({ message: `readEmotionWheels: ${path} ${problem}`, hint, path, cause });
}

/** The named columns of every row. */
function rowsOf<const Columns extends readonly string[]>({ path, rows }: Table, columns: Columns) {
  const absent = columns.filter((column) => rows[0]?.[column] === undefined);
  if (absent.length > 0) throw invalid(path, `lacks the columns ${absent.join(', ')}, or has no rows`);
  return rows.map((row) => columns.map((column) => row[column]) as { [Index in keyof Columns]: string });
}

function runsOf({ path, rows }: Table): readonly (readonly [string, string])[] {
  const words = Object.keys(rows[0] ?? {}).filter((column) => column.startsWith('word_'));
  if (words.length === 0) throw invalid(path, 'has no column word_run1, or no rows');
  return words.map((word) => [word, word.replace('word_', 'synonym_')] as const);
}

function wheelFrom(table: Table, name: string): EmotionWheel {
  let [level1, level2, level3] = ['', '', ''];
  const entries = rowsOf(table, ['level1', 'level2', 'level3']).map((row) => {
    const [family, ring, word] = row.map(lookupForm);
    [level1, level2, level3] = [family || level1, ring || level2, word || level3];
    return { level1, level2, level3 };
  });
  if (entries[0]?.level1 && entries[0].level2 && entries[0].level3) return { name, entries };
  throw invalid(table.path, 'does not name all three levels in its first row');
}

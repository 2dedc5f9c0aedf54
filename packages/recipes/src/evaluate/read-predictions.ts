import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileError } from '@nano-emox/engine/weights';
import { type AnyTaskId, allTaskIds, parseAnswer } from '@nano-emox/tasks';
import type { RowValue } from '@nano-emox/tasks/metrics';
import { InvalidFileError } from '@nano-emox/tensor-contract';
import { parse } from 'csv-parse/sync';
import type { PredictedAnswer, UnansweredReason } from './predicted-answer';

/** A prediction as it stands in a file. */
export type Prediction = Pick<PredictedAnswer, 'id' | 'task' | 'prediction' | 'text'> & {
  readonly confidence?: number;
  readonly unparsed?: UnansweredReason;
};

type FileRow = Readonly<Record<string, unknown>>;

/** Columns that may hold the answer of a row, first come first. */
const answerColumns = ['prediction', 'text', 'label', 'answer'] as const;

/**
 * Reads predictions of any system from CSV (with a header), TSV or JSON Lines. Either a row per answer – `id`, `task`,
 * `prediction` (or `text`, `label`, `answer`), and `confidence` if it is known – or a row per sample – `id` and a column for each
 * task by its key. An answer is the text of a model, or the label, labels (a list, or written as `[a, b]`) or number read from it.
 * Files that `predictAnswers` wrote are read as well.
 * @param onlyTask task of rows without a column `task`
 * @throws InvalidFileError naming the line: no id, no task, no answer, an unknown task, a confidence outside [0, 1], an answer given twice
 */
export async function readPredictions(path: string, onlyTask?: AnyTaskId): Promise<Prediction[]> {
  const text = await readFile(path, 'utf8').catch((error) => {
    throw fileError(error, path, 'read');
  });
  const rows = rowsIn(text, path);
  const predictions = rows.flatMap(({ row, line }) => predictionsIn(row, onlyTask, `${path}:${line}`, path));
  const seen = new Set<string>();
  for (const { id, task } of predictions) {
    const key = JSON.stringify([id, task]);
    if (seen.has(key)) throw invalid(path, `${path}: "${id}" has two answers to ${task}`, 'Keep one of them.');
    seen.add(key);
  }
  return predictions;
}

function rowsIn(text: string, path: string): { readonly row: FileRow; readonly line: number }[] {
  const ending = extname(path).toLowerCase();
  if (ending === '.csv' || ending === '.tsv') return tableRows(text, path, ending === '.tsv' ? '\t' : ',');
  if (ending !== '.jsonl' && ending !== '.ndjson') {
    throw invalid(path, `the name ${path} does not tell the format`, 'Name a .csv, .tsv or .jsonl file.');
  }
  return text.split(/\r?\n/).flatMap((content, index) => {
    if (content.trim() === '') return [];
    return { row: jsonRow(content, path, index + 1), line: index + 1 };
  });
}

function tableRows(text: string, path: string, delimiter: string) {
  try {
    const rows = parse(text, { columns: true, bom: true, delimiter, info: true, skip_empty_lines: true, trim: true });
    return (rows as unknown as { record: FileRow; info: { lines: number } }[]).map(({ record, info }) => ({
      row: record,
      line: info.lines,
    }));
  } catch (cause) {
    throw invalid(
      path,
      `${path} is not a table: ${(cause as Error).message}`,
      'Save it as UTF-8 with a header.',
      cause,
    );
  }
}

function jsonRow(content: string, path: string, line: number): FileRow {
  try {
    const row: unknown = JSON.parse(content);
    if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as FileRow;
  } catch {
    // said below
  }
  throw invalid(path, `${path}:${line} is not a JSON object`, 'Write one object a line.');
}

function predictionsIn(row: FileRow, onlyTask: AnyTaskId | undefined, place: string, path: string): Prediction[] {
  const id = row.id === undefined || row.id === null ? '' : String(row.id);
  if (id === '')
    throw invalid(path, `${place} has no id`, 'Every row needs the id that the data set gives the sample.');
  const named = allTaskIds.filter((task) => task in row);
  if (named.length > 0 && !('task' in row)) {
    return named.flatMap((task) => (isAbsent(row[task]) ? [] : readAnswer(id, task, row[task], row, place, path)));
  }
  const task = 'task' in row ? allTaskIds.find((known) => plain(known) === plain(String(row.task))) : onlyTask;
  if (!task) {
    const problem = 'task' in row ? `names the task "${String(row.task)}"` : 'does not say which task it answers';
    throw invalid(path, `${place} ${problem}`, `Add a column task with one of ${allTaskIds.join(', ')}.`);
  }
  const column = answerColumns.find((name) => !isAbsent(row[name]));
  if (!column && !answerColumns.some((name) => name in row)) {
    throw invalid(path, `${place} has no answer`, `Add one of the columns ${answerColumns.join(', ')}.`);
  }
  return [readAnswer(id, task, column ? row[column] : '', row, place, path)];
}

function readAnswer(
  id: string,
  task: AnyTaskId,
  value: unknown,
  row: FileRow,
  place: string,
  path: string,
): Prediction {
  if (!isRowValue(value)) throw invalid(path, `${place}: the answer is neither text, number nor list`, 'Write a text.');
  const confidence = isAbsent(row.confidence) ? undefined : Number(row.confidence);
  if (confidence !== undefined && !(confidence >= 0 && confidence <= 1)) {
    throw invalid(path, `${place}: the confidence is ${String(row.confidence)}`, 'Give a number from 0 to 1.');
  }
  const text = typeof row.text === 'string' ? row.text : typeof value === 'object' ? value.join(', ') : String(value);
  const unparsed = isAbsent(row.unparsed) ? undefined : (String(row.unparsed) as UnansweredReason);
  const prediction = counted(task, value);
  return {
    id,
    task,
    prediction,
    text,
    ...(confidence !== undefined && { confidence }),
    ...(unparsed && { unparsed }),
  };
}

/** An intent is compared to the letter, and gold intents are in lower case, as the readers of data sets give them. */
function counted(task: AnyTaskId, value: RowValue): RowValue {
  if (typeof value !== 'string' || task !== 'mir') return value;
  const outcome = parseAnswer(task, value);
  return outcome.status === 'parsed' ? outcome.value.intent : value.trim().toLowerCase();
}

const isAbsent = (value: unknown) => value === undefined || value === null || value === '';
const plain = (name: string) => name.toLowerCase().replace(/[^a-z]/g, '');
const isRowValue = (value: unknown): value is RowValue =>
  Array.isArray(value) ? value.every((item) => typeof item === 'string') : ['string', 'number'].includes(typeof value);

const invalid = (path: string, message: string, hint: string, cause?: unknown) =>
  new InvalidFileError({ message, hint, path, ...(cause !== undefined && { cause }) });

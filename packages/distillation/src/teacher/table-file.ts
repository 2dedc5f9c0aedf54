import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileError, readSafetensors, writeSafetensors } from '@nano-emox/engine/weights';
import {
  type FloatTensor,
  floatTensor,
  type HostTensor,
  InvalidArgumentError,
  InvalidFileError,
  type RunOptions,
  throwIfAborted,
} from '@nano-emox/tensor-contract';
import { badLine, parseLine, scanLines } from '../files/scan-lines';
import { decodeNpy } from './npy';
import { requireTable, type TeacherTable } from './teacher-table';

/** How to read a table. */
export interface ReadTeacherTableOptions extends RunOptions {
  /**
   * Classes in the order of the columns; needed where the file does not tell: `.npy`, `.jsonl`, safetensors of others.
   */
  readonly classes?: readonly string[];
}

const TENSOR = 'logits';

/**
 * Reads logits from a file, by its ending:
 * - `.safetensors`: a float32 tensor `logits` `[rows, classes]`; `classes` and `ids` as JSON in the metadata, as
 *   {@link writeTeacherTable} does
 * - `.npy`: float32 or float64 `[rows, classes]`, as `numpy.save` writes it
 * - `.jsonl`: `{"id": "…", "logits": [0.1, …]}` per line
 * @throws MissingFileError; InvalidFileError; InvalidArgumentError for another ending, or without classes;
 *   ShapeMismatchError when the classes do not fit; NonFiniteError; AbortedError
 */
export async function readTeacherTable(path: string, options: ReadTeacherTableOptions = {}): Promise<TeacherTable> {
  const read = Object.entries(readers).find(([ending]) => extname(path).toLowerCase() === ending)?.[1];
  if (!read) {
    throw new InvalidArgumentError({
      message: `readTeacherTable: the name ${path} does not tell the format`,
      hint: `Name a file that ends with ${Object.keys(readers).join(', ')}.`,
      argument: 'path',
    });
  }
  const found = await read(path, options);
  const classes = options.classes ?? found.classes;
  if (!classes) {
    throw new InvalidArgumentError({
      message: `readTeacherTable: ${path} does not tell its classes`,
      hint: 'Pass classes in the order of the columns.',
      argument: 'classes',
    });
  }
  const table = { ...found, classes };
  requireTable(table, `readTeacherTable(${path})`);
  return table;
}

/**
 * Writes a table as safetensors, whole or not at all.
 * @throws InvalidArgumentError, ShapeMismatchError, NonFiniteError, InvalidFileError
 */
export async function writeTeacherTable(path: string, table: TeacherTable, options: RunOptions = {}): Promise<void> {
  requireTable(table, 'writeTeacherTable');
  const { classes, logits, ids } = table;
  const metadata = { classes: JSON.stringify(classes), ...(ids && { ids: JSON.stringify(ids) }) };
  await writeSafetensors(path, new Map([[TENSOR, logits]]), metadata, options);
}

type PartialTable = Pick<TeacherTable, 'logits'> & Partial<TeacherTable>;

const readers: Record<string, (path: string, options: RunOptions) => Promise<PartialTable>> = {
  '.safetensors': readSafetensorsTable,
  '.npy': async (path, { signal }) => ({ logits: decodeNpy(await readWhole(path, signal), path) }),
  '.jsonl': readJsonLines,
};

async function readWhole(path: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    return await readFile(path, signal ? { signal } : {});
  } catch (error) {
    throwIfAborted(signal, `reading ${path}`);
    throw fileError(error, path, 'read');
  }
}

async function readSafetensorsTable(path: string, { signal }: RunOptions): Promise<PartialTable> {
  const { tensors, metadata } = await readSafetensors(path, { signal });
  const logits: HostTensor | undefined = tensors.get(TENSOR);
  if (logits?.type !== 'float32') {
    throw new InvalidFileError({
      message: `${path} has ${logits ? `a tensor ${TENSOR} of ${logits.type}` : `no tensor ${TENSOR}`}`,
      hint: `Store the logits as float32 under the name ${TENSOR}.`,
      path,
    });
  }
  const { classes, ids } = metadata;
  return {
    logits: logits as FloatTensor,
    ...(classes !== undefined && { classes: stringsOf(classes, 'classes', path) }),
    ...(ids !== undefined && { ids: stringsOf(ids, 'ids', path) }),
  };
}

function stringsOf(text: string, field: string, path: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  } catch {
    // Told below, together with JSON of another shape.
  }
  throw new InvalidFileError({
    message: `${path}: the metadata ${field} is no JSON list of texts`,
    hint: 'Make the file with writeTeacherTable.',
    path,
  });
}

async function readJsonLines(path: string, { signal }: RunOptions): Promise<PartialTable> {
  const ids: string[] = [];
  const values: number[] = [];
  let width: number | undefined;
  for await (const line of scanLines(path, signal)) {
    if (line.text.trim() === '') continue;
    const { id, logits } = (parseLine(line, path) ?? {}) as { id?: unknown; logits?: unknown };
    const isRow = Array.isArray(logits) && logits.every((value) => typeof value === 'number');
    if (typeof id !== 'string' || !isRow || logits.length !== (width ?? logits.length)) {
      throw badLine(path, line.number, `is not {"id": text, "logits": [${width ?? 'as many'} numbers]}`);
    }
    width = logits.length;
    ids.push(id);
    for (const value of logits) values.push(value);
  }
  return { ids, logits: floatTensor(Float32Array.from(values), [ids.length, width ?? 0]) };
}

import { bindAxes, type FloatTensor, f32, floatTensor, InvalidArgumentError } from '@nano-emox/tensor-contract';
import { requireFinite, takeRows } from '../training/row-tensors';

/** What a teacher says about rows of a data set. */
export interface TeacherTable {
  /** Classes in the order of the columns. */
  readonly classes: readonly string[];
  /** float32 `[rows, classes]`. */
  readonly logits: FloatTensor;
  /** Name of each row, each once. Absent: rows are meant by position. */
  readonly ids?: readonly string[];
}

/** How to bring a table into the order of the student. */
export interface AlignTeacherOptions {
  /** Classes of the student. */
  readonly classes: readonly string[];
  /** Rows wanted, by name. @default all rows in their order */
  readonly ids?: readonly string[];
  /** The student's word for a class of the teacher, where they differ: `{ happy: 'joy' }`. */
  readonly rename?: Readonly<Record<string, string>>;
  /**
   * What to do with classes that the student lacks; without them the others share the probability in proportion.
   * @default 'refuse'
   */
  readonly otherClasses?: 'refuse' | 'drop';
}

const where = 'alignTeacher';

/**
 * Logits of a teacher with the rows and classes of a student, float32 `[ids, classes]`.
 * @throws InvalidArgumentError for other classes than the student's, or rows that the table lacks;
 *   ShapeMismatchError, NonFiniteError
 */
export function alignTeacher(table: TeacherTable, options: AlignTeacherOptions): FloatTensor {
  requireTable(table, where);
  const columns = columnsFor(table, options);
  const logits = options.ids ? takeRows(table.logits, rowsFor(table, options.ids)) : table.logits;
  const [rows, width] = logits.dims as [number, number];
  const aligned = floatTensor(new Float32Array(rows * columns.length), [rows, columns.length]);
  for (let row = 0; row < rows; row++) {
    for (const [column, from] of columns.entries()) {
      aligned.data[row * columns.length + column] = logits.data[row * width + from] as number;
    }
  }
  return aligned;
}

/**
 * Checks that names, columns and rows agree and every logit is finite.
 * @throws InvalidArgumentError, ShapeMismatchError, NonFiniteError
 */
export function requireTable({ classes, logits, ids }: TeacherTable, at: string): void {
  bindAxes(logits, f32('rows', classes.length), at, 'teacher logits');
  requireFinite(logits, at, 'teacher logits');
  if (!ids || (ids.length === logits.dims[0] && new Set(ids).size === ids.length)) return;
  throw new InvalidArgumentError({
    message: `${at}: ${ids.length} ids, ${new Set(ids).size} of them different, name ${logits.dims[0]} rows of the teacher`,
    hint: 'Give each row one id of its own.',
    argument: 'ids',
  });
}

function columnsFor(
  { classes: given }: TeacherTable,
  { classes, rename = {}, otherClasses = 'refuse' }: AlignTeacherOptions,
): readonly number[] {
  const named = given.map((label) => (Object.hasOwn(rename, label) ? (rename[label] as string) : label));
  const absent = classes.filter((label) => !named.includes(label));
  const others = otherClasses === 'drop' ? [] : named.filter((label) => !classes.includes(label));
  const repeated = named.filter((label, index) => classes.includes(label) && named.indexOf(label) < index);
  if (absent.length + others.length + repeated.length > 0) {
    const problems = { lacks: absent, 'also has': others, repeats: repeated };
    const told = Object.entries(problems).filter(([, labels]) => labels.length > 0);
    throw new InvalidArgumentError({
      message: `${where}: the teacher ${told.map(([verb, labels]) => `${verb} ${labels.join(', ')}`).join(' and ')}`,
      hint: "Name equal classes with rename, pass otherClasses: 'drop' for those the student lacks, or take another teacher.",
      argument: 'classes',
    });
  }
  return classes.map((label) => named.indexOf(label));
}

function rowsFor({ ids, logits }: TeacherTable, wanted: readonly string[]): readonly number[] {
  const names = ids ?? Array.from({ length: logits.dims[0] as number }, (_, row) => String(row));
  const rowOf = new Map(names.map((id, row) => [id, row]));
  const absent = wanted.filter((id) => !rowOf.has(id));
  if (absent.length === 0) return wanted.map((id) => rowOf.get(id) as number);
  throw new InvalidArgumentError({
    message: `${where}: the teacher has no row for ${absent.length} of ${wanted.length} ids, the first ${JSON.stringify(absent[0])}`,
    hint: ids
      ? 'Let the teacher see them, or leave them out.'
      : 'The table has no ids: its rows are called "0", "1" and so on.',
    argument: 'ids',
  });
}

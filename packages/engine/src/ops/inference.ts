import { type DataType, DataTypeMismatchError, ShapeMismatchError } from '@nano-emox/tensor-contract';
import { type Dim, dimsEqual } from '../graph/dim';
import { describeAxes, type TensorType, type Value } from '../graph/value';

/** Helpers that shape rules share. Every failure names the axes. */

export function fail(
  where: string,
  input: string,
  expected: readonly (string | number)[],
  received: TensorType,
  hint: string,
): never {
  throw new ShapeMismatchError({ where, input, expected, received: describeAxes(received), hint });
}

export function requireType(where: string, value: Value, ...allowed: DataType[]): void {
  if (allowed.includes(value.type)) return;
  throw new DataTypeMismatchError({
    message: `${where}: an input is ${value.type}, expected ${allowed.join(' or ')}`,
    hint: 'Insert a cast where the value is made.',
    expected: allowed.join(' or '),
    received: value.type,
  });
}

export function requireSameType(where: string, a: Value, b: Value): void {
  requireType(where, b, a.type);
}

export function requireRank(where: string, value: Value, rank: number): void {
  if (value.shape.length !== rank)
    fail(where, 'input', [`rank ${rank}`], value, `${where} reads a tensor of rank ${rank}.`);
}

/** Index of an axis counted from the end when negative. */
export function normalizeAxis(where: string, axisIndex: number, value: TensorType): number {
  const rank = value.shape.length;
  const index = axisIndex < 0 ? axisIndex + rank : axisIndex;
  if (index < 0 || index >= rank)
    fail(where, `axis ${axisIndex} of the input`, [`rank > ${axisIndex}`], value, 'Choose an axis inside the rank.');
  return index;
}

/** Shape and labels of an elementwise result of `a` and `b` under numpy broadcasting. */
export function broadcast(where: string, a: TensorType, b: TensorType): Pick<TensorType, 'shape' | 'labels'> {
  const rank = Math.max(a.shape.length, b.shape.length);
  const shape: Dim[] = [];
  const labels: (string | undefined)[] = [];
  for (let index = 0; index < rank; index++) {
    const ia = index - rank + a.shape.length;
    const ib = index - rank + b.shape.length;
    const da = ia < 0 ? 1 : (a.shape[ia] as Dim);
    const db = ib < 0 ? 1 : (b.shape[ib] as Dim);
    if (!dimsEqual(da, db) && da !== 1 && db !== 1) {
      fail(where, 'second input', describeAxes(a), b, 'Axes must be equal or 1, counted from the last.');
    }
    shape.push(da === 1 ? db : da);
    labels.push((da === 1 && db !== 1 ? undefined : a.labels[ia]) ?? (db === 1 && da !== 1 ? undefined : b.labels[ib]));
  }
  return { shape, labels };
}

import { AssertionError } from 'node:assert';
import type { HostTensor } from '@nano-emox/tensor-contract';

/** A tensor, or plain numbers in a row. */
type Comparable = HostTensor | ArrayLike<number>;

interface Difference {
  readonly largest: number;
  /** Position of the largest difference in row-major order. */
  readonly at: number;
}

/** Largest absolute difference; infinite when the shapes differ or a value is not a number. */
export function maxDifference(actual: Comparable, expected: Comparable): number {
  if (dimsOf(actual).join() !== dimsOf(expected).join()) return Number.POSITIVE_INFINITY;
  return compare(valuesOf(actual), valuesOf(expected)).largest;
}

/**
 * Requires equal shapes and, for every element, an absolute difference of at most `tolerance`. The message names `path`, the position
 * of the largest difference, both values there, and how many elements are off.
 * @throws AssertionError
 * @example
 * assertAllclose(tokens, fixture.tensor('output.tokens'), 1e-4, 'tokens');
 * // tokens[0, 3, 17]: 0.25, expected 0.5; the difference 0.25 is above 0.0001, as 12 of 4096 are
 */
export function assertAllclose(actual: Comparable, expected: Comparable, tolerance: number, path = 'tensor'): void {
  const [dims, expectedDims] = [dimsOf(actual), dimsOf(expected)];
  if (dims.join() !== expectedDims.join()) {
    fail(`${path} has shape [${dims.join(', ')}], expected [${expectedDims.join(', ')}]`);
  }
  const [values, references] = [valuesOf(actual), valuesOf(expected)];
  const { largest, at } = compare(values, references);
  if (largest <= tolerance) return;
  let count = 0;
  for (let index = 0; index < references.length; index++) {
    if (!(distance(values[index], references[index]) <= tolerance)) count++;
  }
  fail(
    `${path}[${position(at, dims).join(', ')}]: ${values[at]}, expected ${references[at]}; ` +
      `the difference ${largest} is above ${tolerance}, as ${count} of ${references.length} are`,
  );
}

function fail(message: string): never {
  throw new AssertionError({ message, operator: 'allclose', stackStartFn: assertAllclose });
}

const isTensor = (value: Comparable): value is HostTensor => 'dims' in value;
const dimsOf = (value: Comparable): readonly number[] => (isTensor(value) ? value.dims : [value.length]);
const valuesOf = (value: Comparable): ArrayLike<number | bigint> => (isTensor(value) ? value.data : value);

function compare(actual: ArrayLike<number | bigint>, expected: ArrayLike<number | bigint>): Difference {
  if (actual.length !== expected.length) return { largest: Number.POSITIVE_INFINITY, at: 0 };
  let [largest, at] = [0, 0];
  for (let index = 0; index < expected.length; index++) {
    const difference = distance(actual[index], expected[index]);
    if (difference > largest) [largest, at] = [difference, index];
  }
  return { largest, at };
}

/** What is not a number is infinitely far from everything; infinities are not near one another either. */
function distance(actual: number | bigint | undefined, expected: number | bigint | undefined): number {
  const difference = Math.abs(Number(actual) - Number(expected));
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}

function position(flat: number, dims: readonly number[]): readonly number[] {
  const indices: number[] = [];
  let rest = flat;
  for (const dim of [...dims].reverse()) {
    indices.unshift(rest % dim);
    rest = Math.floor(rest / dim);
  }
  return indices;
}

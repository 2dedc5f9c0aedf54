import { InvalidArgumentError } from '@nano-emox/tensor-contract';

/** Arithmetic mean; 0 for no values. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Harmonic mean of precision and recall, both in [0, 1]; 0 when both are. */
export function f1Score(precision: number, recall: number): number {
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

/** Size of the intersection over size of the union, in [0, 1]; 1 for two empty sets, which agree. */
export function jaccard<Item>(first: ReadonlySet<Item>, second: ReadonlySet<Item>): number {
  const common = intersectionSize(first, second);
  const union = first.size + second.size - common;
  return union === 0 ? 1 : common / union;
}

/** How many items two sets share. */
export function intersectionSize<Item>(first: ReadonlySet<Item>, second: ReadonlySet<Item>): number {
  let common = 0;
  for (const item of first) if (second.has(item)) common++;
  return common;
}

/**
 * Pearson's correlation of two equally long lists, in [-1, 1].
 * @returns `undefined` where it is not defined: fewer than two pairs, or a list that does not vary
 * @throws InvalidArgumentError when the lists differ in length
 */
export function pearson(first: readonly number[], second: readonly number[]): number | undefined {
  requireSameLength(first, second, 'pearson');
  const [firstMean, secondMean] = [mean(first), mean(second)];
  let [covariance, firstSpread, secondSpread] = [0, 0, 0];
  for (const [index, value] of first.entries()) {
    const [x, y] = [value - firstMean, (second[index] as number) - secondMean];
    covariance += x * y;
    firstSpread += x * x;
    secondSpread += y * y;
  }
  const scale = Math.sqrt(firstSpread) * Math.sqrt(secondSpread);
  return scale > 0 ? Math.max(-1, Math.min(1, covariance / scale)) : undefined;
}

/**
 * Two decimals, ties to the even digit, as Python's `round(value, 2)`: a number that a tie can be is a multiple of 1/8 and
 * so exact in binary; every other number is nearer to one side, which `toFixed` finds from its exact value.
 */
export function roundToHundredths(value: number): number {
  const hundredths = value * 100;
  const isTie = Number.isInteger(value * 8) && Math.abs(hundredths % 1) === 0.5;
  return isTie ? (2 * Math.round(hundredths / 2)) / 100 : Number(value.toFixed(2));
}

/** @throws InvalidArgumentError when two lists that go together do not have the same length */
export function requireSameLength(first: readonly unknown[], second: readonly unknown[], where: string): void {
  if (first.length === second.length) return;
  throw new InvalidArgumentError({
    message: `${where}: ${first.length} gold values and ${second.length} predictions`,
    hint: 'Pass one prediction per gold value, in the same order.',
    argument: 'predictions',
  });
}

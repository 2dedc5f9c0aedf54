import { type HostTensor, InvalidArgumentError, InvalidConfigError } from '@nano-emox/tensor-contract';

/**
 * Checks that there are at least two labels, each given once and none empty.
 * @throws InvalidConfigError
 */
export function requireLabels(where: string, labels: unknown): asserts labels is readonly string[] {
  const given: readonly unknown[] = Array.isArray(labels) ? labels : [];
  const isUsable = given.every((label) => typeof label === 'string' && label.trim() !== '');
  if (given.length >= 2 && isUsable && new Set(given).size === given.length) return;
  throw new InvalidConfigError({
    message: `${where}: config.labels is ${JSON.stringify(labels)}`,
    hint: 'Give at least two different labels, in the order of the classes.',
    field: 'labels',
  });
}

/**
 * Class index of each label, int64 `[rows]`.
 * @throws InvalidArgumentError naming the row of the first label that is none of `classes`
 */
export function labelIndices(
  labels: readonly string[],
  classes: readonly string[],
  where: string,
  argument = 'labels',
): HostTensor<'int64'> {
  const indexOf = new Map(classes.map((label, index) => [label, BigInt(index)]));
  const data = BigInt64Array.from(labels, (label, row) => {
    const index = indexOf.get(label);
    if (index === undefined) throw unknownLabel(label, row, classes, where, argument);
    return index;
  });
  return { type: 'int64', dims: [labels.length], data };
}

/** A label that is none of the classes. */
export function unknownLabel(
  label: unknown,
  row: number,
  classes: readonly string[],
  where: string,
  argument: string,
): InvalidArgumentError {
  return new InvalidArgumentError({
    message: `${where}: ${argument}[${row}] is ${JSON.stringify(label)}, which is none of ${classes.join(', ')}`,
    hint: 'Spell labels as the classes are spelled, or leave the row out.',
    argument,
  });
}

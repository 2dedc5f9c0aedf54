import { requireSameLength } from './statistics';

/**
 * Cohen's kappa of ordered classes, at most 1: disagreement weighs by the square of how many classes lie between. Classes are
 * counted by their place among `labels`, and pairs with a class outside them do not count, as the official scores have it.
 * @param labels the classes, lowest first; the default is those that occur among the gold values
 * @returns `undefined` where it is not defined: no pair counts, or all of them are of one class
 * @throws InvalidArgumentError when the lists differ in length
 * @see SemEval-2018 Task 1, ordinal classification
 */
export function quadraticKappa(
  gold: readonly number[],
  predictions: readonly number[],
  labels: readonly number[] = [...new Set(gold)].sort((a, b) => a - b),
): number | undefined {
  requireSameLength(gold, predictions, 'quadraticKappa');
  const placeOf = new Map(labels.map((label, place) => [label, place]));
  const pairs = gold.flatMap((label, index) => {
    const [row, column] = [placeOf.get(label), placeOf.get(predictions[index] as number)];
    return row === undefined || column === undefined ? [] : [{ row, column }];
  });
  const observed = pairs.reduce((sum, { row, column }) => sum + (row - column) ** 2, 0);
  const rows = countPlaces(pairs.map(({ row }) => row));
  const columns = countPlaces(pairs.map(({ column }) => column));
  let expected = 0;
  for (const [row, rowCount] of rows) {
    for (const [column, columnCount] of columns) expected += (row - column) ** 2 * rowCount * columnCount;
  }
  return expected === 0 ? undefined : 1 - (observed * pairs.length) / expected;
}

function countPlaces(places: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const place of places) counts.set(place, (counts.get(place) ?? 0) + 1);
  return counts;
}

import { deriveSeed, Random } from '@nano-emox/engine';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';

/** Row numbers of two parts, ascending. */
export interface RowSplit {
  readonly train: readonly number[];
  readonly validation: readonly number[];
}

/**
 * Holds out `share` of the rows of each class, drawn from `seed`; of a class with at least two rows, one at least.
 * @param labels class index per row
 * @throws InvalidArgumentError for a share outside (0, 1), or when one part would be empty
 */
export function splitRows(labels: ArrayLike<number | bigint>, share: number, seed: number): RowSplit {
  const rowsOfClass = new Map<number, number[]>();
  for (let row = 0; row < labels.length; row++) {
    const label = Number(labels[row]);
    const rows = rowsOfClass.get(label);
    if (rows) rows.push(row);
    else rowsOfClass.set(label, [row]);
  }
  const random = new Random(deriveSeed(seed, 'validation'));
  const [train, validation]: [number[], number[]] = [[], []];
  for (const [, rows] of [...rowsOfClass].sort(([a], [b]) => a - b)) {
    const held = rows.length < 2 ? 0 : Math.min(rows.length - 1, Math.max(1, Math.round(share * rows.length)));
    random.shuffle(rows);
    for (const [position, row] of rows.entries()) (position < held ? validation : train).push(row);
  }
  if (!(share > 0 && share < 1) || train.length === 0 || validation.length === 0) {
    throw new InvalidArgumentError({
      message: `splitRows: a share of ${share} of ${labels.length} rows leaves ${train.length} to train and ${validation.length} to validate`,
      hint: 'Give a share between 0 and 1 and several rows of each class, or validation rows of your own.',
      argument: 'validation',
    });
  }
  const ascending = (rows: number[]) => rows.sort((a, b) => a - b);
  return { train: ascending(train), validation: ascending(validation) };
}

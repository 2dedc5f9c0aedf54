import type { FloatTensor, HostTensor } from '@nano-emox/tensor-contract';
import { takeRows } from './row-tensors';
import { splitRows } from './split-rows';

/** Rows with their labels; the first axis of every tensor is the row. */
export interface LabelledRows {
  readonly inputs: Readonly<Record<string, FloatTensor>>;
  /** Class index per row. */
  readonly labels: HostTensor<'int64'>;
}

/** Rows to train on, and rows to choose the best epoch and the temperature with. */
export interface TrainingRows {
  readonly train: LabelledRows;
  readonly validation: LabelledRows;
}

/** Part of the rows held out unless told otherwise, as published for the sets without a validation part. */
export const DEFAULT_VALIDATION_SHARE = 0.1;

/** Copies some rows. */
export function selectRows({ inputs, labels }: LabelledRows, rows: readonly number[]): LabelledRows {
  const taken = Object.entries(inputs).map(([name, tensor]) => [name, takeRows(tensor, rows)]);
  return { inputs: Object.fromEntries(taken), labels: takeRows(labels, rows) };
}

/**
 * `rows` and the given validation rows; without those, a share of each class of `rows` is held out.
 * @throws InvalidArgumentError when there are too few rows for both
 */
export function withValidation(
  rows: LabelledRows,
  validation: LabelledRows | undefined,
  share: number,
  seed: number,
): TrainingRows {
  if (validation) return { train: rows, validation };
  const split = splitRows(rows.labels.data, share, seed);
  return { train: selectRows(rows, split.train), validation: selectRows(rows, split.validation) };
}

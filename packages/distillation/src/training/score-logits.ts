import type { FloatTensor } from '@nano-emox/tensor-contract';

/** How well logits name the labels. */
export interface ClassificationScore {
  /** Share of rows whose largest logit is that of the label. */
  readonly accuracy: number;
  /** Mean of −log p(label), in nats. */
  readonly crossEntropy: number;
}

/** What the rows of `[rows, classes]` say: the likeliest class, and the log-probabilities. */
export interface RowAnswer {
  readonly best: number;
  readonly logProbabilities: Float64Array;
}

/** Reads one row of logits, divided by `temperature`. */
export function readRow({ dims, data }: FloatTensor, row: number, temperature = 1): RowAnswer {
  const classes = dims[1] as number;
  const logits = Float64Array.from(data.subarray(row * classes, (row + 1) * classes), (value) => value / temperature);
  const best = logits.reduce((top, value, index) => (value > (logits[top] as number) ? index : top), 0);
  const largest = logits[best] as number;
  const logSum = Math.log(logits.reduce((sum, value) => sum + Math.exp(value - largest), 0));
  return { best, logProbabilities: logits.map((value) => value - largest - logSum) };
}

/** Scores `logits` `[rows, classes]` against class indices; zeros for no rows. */
export function scoreLogits(
  logits: FloatTensor,
  labels: ArrayLike<number | bigint>,
  temperature = 1,
): ClassificationScore {
  let [right, total] = [0, 0];
  for (let row = 0; row < labels.length; row++) {
    const { best, logProbabilities } = readRow(logits, row, temperature);
    const label = Number(labels[row]);
    if (best === label) right++;
    total -= logProbabilities[label] as number;
  }
  const count = Math.max(1, labels.length);
  return { accuracy: right / count, crossEntropy: total / count };
}

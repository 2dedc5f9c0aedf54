import { type FloatTensor, InvalidArgumentError } from '@nano-emox/tensor-contract';
import { requireFinite, requireRows, requireSomeRows } from './row-tensors';
import { readRow, scoreLogits } from './score-logits';

/** How far probabilities can be trusted. */
export interface CalibrationScore {
  /** Difference between confidence and share of right answers over 15 bins of equal width; 0 is calibrated. */
  readonly expectedCalibrationError: number;
  /** Mean of −log p(label), in nats. */
  readonly crossEntropy: number;
}

/** A fitted temperature, and what it changed on the rows it was fitted on. */
export interface Calibration {
  readonly temperature: number;
  readonly before: CalibrationScore;
  readonly after: CalibrationScore;
}

const BINS = 15;
/** Beyond these the labels say nothing about the temperature: all answers right, or none better than chance. */
const [LOWEST, HIGHEST] = [0.05, 20];
/** Halvings of the range of log temperatures; the last is as narrow as a float32 can tell. */
const HALVINGS = 24;

/**
 * Fits the one temperature that makes probabilities fit best: it minimises the cross-entropy of `logits /
 * temperature` and leaves the order of classes alone. Fit it on rows that were not trained on.
 * @param logits float32 `[rows, classes]`
 * @param labels class index per row
 * @throws InvalidArgumentError, ShapeMismatchError, NonFiniteError
 * @see Guo et al., On Calibration of Modern Neural Networks (2017), section 4.2 and equation 3
 */
export function calibrate(logits: FloatTensor, labels: ArrayLike<number | bigint>): Calibration {
  const where = 'calibrate';
  requireSomeRows(labels.length, where, 'labels');
  requireRows(logits, labels.length, where, 'logits');
  requireFinite(logits, where, 'logits');
  requireIndices(labels, logits.dims[1] as number);
  const temperature = fitTemperature(logits, labels);
  const scoreAt = (at: number): CalibrationScore => ({
    expectedCalibrationError: calibrationError(logits, labels, at),
    crossEntropy: scoreLogits(logits, labels, at).crossEntropy,
  });
  return { temperature, before: scoreAt(1), after: scoreAt(temperature) };
}

/**
 * The slope of the cross-entropy along 1 / temperature, mean(E[logit] − logit of label), grows with it: halve to its
 * zero.
 */
function fitTemperature(logits: FloatTensor, labels: ArrayLike<number | bigint>): number {
  const classes = logits.dims[1] as number;
  const isTooSharp = (temperature: number) => {
    let slope = 0;
    for (let row = 0; row < labels.length; row++) {
      const { logProbabilities } = readRow(logits, row, temperature);
      logProbabilities.forEach((value, index) => {
        slope += Math.exp(value) * (logits.data[row * classes + index] as number);
      });
      slope -= logits.data[row * classes + Number(labels[row])] as number;
    }
    return slope > 0;
  };
  let [low, high] = [Math.log(LOWEST), Math.log(HIGHEST)];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (isTooSharp(Math.exp(middle))) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

/** A value on the border of two bins belongs to the lower one. */
function calibrationError(logits: FloatTensor, labels: ArrayLike<number | bigint>, temperature: number): number {
  const surplus = new Float64Array(BINS); // per bin: sum of confidences minus right answers
  for (let row = 0; row < labels.length; row++) {
    const { best, logProbabilities } = readRow(logits, row, temperature);
    const confidence = Math.min(1, Math.exp(logProbabilities[best] as number));
    const bin = Math.max(0, Math.ceil(confidence * BINS) - 1);
    surplus[bin] = (surplus[bin] as number) + confidence - (best === Number(labels[row]) ? 1 : 0);
  }
  return surplus.reduce((sum, difference) => sum + Math.abs(difference), 0) / labels.length;
}

function requireIndices(labels: ArrayLike<number | bigint>, classes: number): void {
  for (let row = 0; row < labels.length; row++) {
    const label = Number(labels[row]);
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new InvalidArgumentError({
      message: `calibrate: labels[${row}] is ${String(labels[row])} for ${classes} classes`,
      hint: 'Give the index of a class, counted from 0.',
      argument: 'labels',
    });
  }
}

import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { requireSameLength } from './statistics';

/**
 * Expected calibration error: the difference between mean confidence and share of right answers in bins of equal width,
 * each bin weighted by its samples. 0 is calibrated, 1 is sure and always wrong; 0 for no samples.
 * @param confidences in [0, 1]; a value on the border of two bins belongs to the lower one
 * @param correct whether each answer was right
 * @throws InvalidArgumentError for lists of different length, a confidence outside [0, 1] or fewer than one bin
 * @see Guo et al., On Calibration of Modern Neural Networks (2017), equation 3
 */
export function expectedCalibrationError(
  confidences: readonly number[],
  correct: readonly boolean[],
  { bins = 15 }: { readonly bins?: number } = {},
): number {
  requireSameLength(correct, confidences, 'expectedCalibrationError');
  requireThat(Number.isInteger(bins) && bins > 0, 'bins', 'a whole number of at least 1', bins);
  const surplus = new Float64Array(bins); // per bin: sum of confidences minus right answers
  for (const [index, confidence] of confidences.entries()) {
    requireThat(confidence >= 0 && confidence <= 1, 'confidences', 'in [0, 1]', confidence);
    const bin = Math.max(0, Math.ceil(confidence * bins) - 1);
    surplus[bin] = (surplus[bin] as number) + confidence - (correct[index] ? 1 : 0);
  }
  const total = surplus.reduce((sum, difference) => sum + Math.abs(difference), 0);
  return confidences.length === 0 ? 0 : total / confidences.length;
}

function requireThat(holds: boolean, argument: string, expected: string, received: number): void {
  if (holds) return;
  throw new InvalidArgumentError({
    message: `expectedCalibrationError: ${argument} must be ${expected}, received ${received}`,
    hint: 'Pass probabilities, one per answer.',
    argument,
  });
}

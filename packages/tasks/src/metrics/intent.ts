import { canonicalLabel } from '../labels/plain-label';
import { classificationScore } from './classification';
import { roundToHundredths } from './statistics';

/** Gold intent and the whole answer of the model. */
export interface IntentSample {
  readonly gold: string;
  readonly prediction: string;
}

/** In percent, [0, 100]. */
export interface IntentScore {
  readonly acc: number;
  /** Weighted F1. */
  readonly wf1: number;
  /** Weighted precision. */
  readonly wp: number;
}

/**
 * Published score of MIR: an answer is right when it is the gold label character by character, capitals included. In percent
 * with two decimals.
 * @see Nano-EmoX released code, scores of MIntRec
 */
export function intentScore(samples: readonly IntentSample[]): IntentScore {
  const { acc, wf1, wp } = inPercent(samples);
  return { acc: roundToHundredths(acc), wf1: roundToHundredths(wf1), wp: roundToHundredths(wp) };
}

/** The same without rounding, and without regard to case, space and marks at the ends of an answer. */
export function lenientIntentScore(samples: readonly IntentSample[]): IntentScore {
  return inPercent(
    samples.map(({ gold, prediction }) => ({ gold: canonicalIntent(gold), prediction: canonicalIntent(prediction) })),
  );
}

/** An intent for comparison: lower case, without marks and space at its ends. */
export const canonicalIntent = (text: string) => canonicalLabel(text.replace(/^[\s"'“‘[]+|[\s"'”’\].!。]+$/g, ''));

function inPercent(samples: readonly IntentSample[]): IntentScore {
  const { accuracy, weightedF1, weightedPrecision } = classificationScore(
    samples.map(({ gold }) => gold),
    samples.map(({ prediction }) => prediction),
  );
  return { acc: accuracy * 100, wf1: weightedF1 * 100, wp: weightedPrecision * 100 };
}

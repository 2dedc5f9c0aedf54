import type { Dim } from '../graph/dim';
import type { Value } from '../graph/value';
import { cast, div, equal, maximum, mul, neg, not, sub, where } from './elementwise';
import { gatherElements } from './indexing';
import { logSoftmax, mean, sum } from './reduce';
import { reshape } from './shape';

/** Label that marks a row as not part of the loss, as in PyTorch and the released training code. */
export const IGNORED_LABEL = -100;

/**
 * Mean cross-entropy of `logits` `[rows, classes]` against int64 `labels` `[rows]` over the rows whose label is not
 * {@link IGNORED_LABEL}; 0 when there is none. `smoothing` spreads that share of the target over all classes.
 */
export function crossEntropy(logits: Value, labels: Value, smoothing = 0): Value {
  const [rows] = logits.shape as [Dim];
  const ignored = equal(labels, IGNORED_LABEL);
  const kept = cast(not(ignored), 'float32'); // [rows]
  const safe = reshape(where(ignored, 0, labels), [rows, 1]);
  const scores = logSoftmax(logits, -1); // [rows, classes]
  let perRow = reshape(gatherElements(scores, safe, 1), [rows]);
  if (smoothing > 0) {
    // (1 − s)·log p(label) + s·mean log p
    perRow = sub(mul(perRow, 1 - smoothing), mul(mean(scores, [1]), -smoothing));
  }
  return neg(div(sum(mul(perRow, kept), [0]), maximum(sum(kept, [0]), 1)));
}

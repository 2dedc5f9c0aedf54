import {
  concat,
  crossEntropy,
  type Dim,
  expand,
  flattenRows,
  IGNORED_LABEL,
  reshape,
  scalar,
  slice,
  type Value,
} from '@nano-emox/engine';

/**
 * Mean cross-entropy of predicting each next token: `logits` `[batch, time, vocabSize]` at column t against int64 `labels`
 * `[batch, time]` at column t + 1. Labels of −100 are not part of the mean.
 */
export function languageModelingLoss(logits: Value, labels: Value): Value {
  const [batch, time] = labels.shape as [Dim, Dim];
  // Labels move, not logits: they are thousands of times smaller.
  const nothing = expand(scalar(IGNORED_LABEL, 'int64'), [batch, 1]);
  const targets = concat([slice(labels, 1, 1, time), nothing], 1); // [batch, time]
  return crossEntropy(flattenRows(logits), reshape(targets, [-1]));
}

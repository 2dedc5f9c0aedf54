import {
  cast,
  concat,
  type Dim,
  equal,
  expand,
  greater,
  logicalAnd,
  maximum,
  not,
  range,
  reshape,
  scalar,
  sub,
  sum,
  unsqueeze,
  type Value,
  where,
} from '@nano-emox/engine';

/**
 * Added to the score of a key that a query must not see. Finite, so that a row without any visible key (a query that is
 * padding itself) stays a number.
 */
const HIDDEN_KEY_SCORE = -1e9;

const biasOf = (visible: Value): Value => where(visible, 0, HIDDEN_KEY_SCORE);

/** `[time, time]`: whether query (row) comes at or after key (column). */
function causal(time: Dim): Value {
  const places = range(0, time);
  return not(greater(reshape(places, [1, time]), reshape(places, [time, 1])));
}

/** int64 `[batch, time]`: how many tokens a token comes after, not counting padding; 0 for padding in front. */
export function tokenPositions(attentionMask: Value): Value {
  const [batch, time] = attentionMask.shape as [Dim, Dim];
  const seen = logicalAnd(causal(time), reshape(attentionMask, [batch, 1, time])); // [batch, time, time]
  const counts = sum(cast(seen, 'float32'), [2]); // exact: below 2²⁴
  return cast(maximum(sub(counts, 1), 0), 'int64');
}

/** Bias `[batch, 1, time, time]` of causal attention over the tokens whose `attentionMask` (bool `[batch, time]`) is true. */
export function paddedCausalBias(attentionMask: Value): Value {
  const [batch, time] = attentionMask.shape as [Dim, Dim];
  return biasOf(logicalAnd(causal(time), reshape(attentionMask, [batch, 1, 1, time])));
}

/**
 * Bias `[batch, 1, time, time]` among the tokens of one run: visible are those before in the same `branch` (int64
 * `[batch, time]`), so that several continuations of one prompt fit in one row.
 */
export function branchedCausalBias(branch: Value): Value {
  const [batch, time] = branch.shape as [Dim, Dim];
  const sameBranch = equal(reshape(branch, [batch, 1, time]), reshape(branch, [batch, time, 1]));
  return unsqueeze(biasOf(logicalAnd(causal(time), sameBranch)), 1);
}

/** `bias` `[batch, 1, time, time]` with `past` tokens in front that all see: `[batch, 1, time, past + time]`. */
export function behindVisible(bias: Value, past: Dim): Value {
  const [batch, , time] = bias.shape as [Dim, Dim, Dim];
  return concat([expand(scalar(0), [batch, 1, time, past]), bias], 3);
}

import type { Dim } from '@nano-emox/engine';
import {
  add,
  cast,
  clamp,
  div,
  exp,
  greater,
  log,
  max,
  mul,
  reshape,
  slice,
  softmax,
  sub,
  sum,
  type Value,
  type WeightScope,
  zeros,
} from '@nano-emox/engine';
import type { DuplexAttentionConfig } from './config';
import { isVisual } from './token-groups';

/** Largest logarithm of the ratio of attention to pseudo-attention, either way: float32 holds its square, and gradients need that. */
const LARGEST_LOG_RATIO = 40;

/** Below every score of a visible key, above every hidden one (the mask adds 0 or a very negative number). */
const VISIBLE = -1;

/** The tokens a mask tells apart. */
export interface MaskedTokens {
  /** `[batch, 1, time, keys]`: 0 where a key is visible. */
  readonly bias: Value;
  /** int64 `[batch, time]`. */
  readonly kinds: Value;
  /** int64 `[batch, keys]`. */
  readonly keyKinds: Value;
}

/**
 * Logarithm of the pseudo-attention of each query, `[batch, 1, time, 1]`. A query that sees i keys (itself the last) has
 * pseudo-scores −iβ, −(i + 1)β, … in the places of the future. The paper counts them to the end of the sequence, so a row would
 * change with each token that follows; here the row goes on for ever: Σ = e^{−iβ} / (1 − e^{−β}), which a cache cannot tell apart.
 */
function logPseudoAttention(bias: Value, decay: number): Value {
  const visible = sum(cast(greater(bias, VISIBLE), 'float32'), [-1], true);
  return sub(mul(visible, -decay), Math.log1p(-Math.exp(-decay)));
}

/** 1 where query and key are of different modality, else 0: `[batch, 1, time, keys]`. */
function crossModal({ kinds, keyKinds }: MaskedTokens, config: DuplexAttentionConfig): Value {
  const asNumbers = (value: Value, shape: readonly Dim[]) => reshape(cast(isVisual(value, config), 'float32'), shape);
  const [batch, time] = kinds.shape as [Dim, Dim];
  const query = asNumbers(kinds, [batch, 1, time, 1]);
  const key = asNumbers(keyKinds, [batch, 1, 1, keyKinds.shape[1] as Dim]);
  return sub(add(query, key), mul(2, mul(query, key)));
}

/**
 * Attention with the modular mask: `scores` `[batch, heads, time, keys]` (mask added) to weights of the same shape. Keys of the
 * query's own modality and of the others are two attentions, each with pseudo-attention that takes its part and is then thrown away,
 * so rows sum to less than 1; they are joined in the proportion of their softmax sums. `mask_gate` `[heads, 2]` (own, other), at
 * first 0, says how much of it each head applies: 0 is plain attention, 1 the mask of the paper.
 * @see MODA (arXiv 2507.04635), modular attention mask; StableMask (Yin et al. 2024)
 */
export function modularWeights(
  scores: Value,
  tokens: MaskedTokens,
  weights: WeightScope,
  config: DuplexAttentionConfig,
): Value {
  const heads = scores.shape[1] as number;
  const plain = softmax(scores, -1); // [batch, heads, time, keys]
  // log Σ exp(score): the largest score minus the logarithm of its weight.
  const logSum = sub(max(scores, [-1], true), log(max(plain, [-1], true))); // [batch, heads, time, 1]
  const logRatio = sub(logSum, logPseudoAttention(tokens.bias, config.maskDecay));
  const ratio = exp(clamp(logRatio, -LARGEST_LOG_RATIO, LARGEST_LOG_RATIO)); // attention to pseudo-attention
  const isCross = crossModal(tokens, config);
  const gate = weights.get('mask_gate', [heads, 2], zeros);
  // What is left of the keys that `chosen` marks after their pseudo-attention took its share.
  const left = (chosen: Value, column: number): Value => {
    const part = sum(mul(plain, chosen), [-1], true);
    const absorbed = div(1, add(1, mul(part, ratio)));
    return sub(1, mul(reshape(slice(gate, 1, column, column + 1), [heads, 1, 1]), absorbed));
  };
  const [ownLeft, crossLeft] = [left(sub(1, isCross), 0), left(isCross, 1)];
  return mul(plain, add(ownLeft, mul(isCross, sub(crossLeft, ownLeft))));
}

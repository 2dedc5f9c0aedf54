import { add, div, matmul, mul, sqrt, sum, type Value } from '@nano-emox/engine';

/** Put to squared norms: a row of zeros stays zeros and its gradient finite; rows of ordinary size do not change. */
const NORM_FLOOR = 1e-12;

/** Rows of the last axis, each divided by its Euclidean norm. A row of zeros stays one. */
export const normalizeRows = (x: Value): Value => div(x, sqrt(add(sum(mul(x, x), [-1], true), NORM_FLOOR)));

/** `leftᵀ · right` over the tokens that `tokens` `[batch, 1, time, 1]` counts: `[batch, keyHeads, headDim, headDim]`. */
export const productOverTokens = (left: Value, right: Value, tokens: Value): Value =>
  matmul(mul(left, tokens), mul(right, tokens), { transposeA: true });

/**
 * Gram matrix of the keys `[batch, keyHeads, time, headDim]` of one modality, not normalised, so that those of two runs add up.
 * @see MODA (arXiv 2507.04635), duplex attention alignment
 */
export const gramOf = (key: Value, tokens: Value): Value => productOverTokens(key, key, tokens);

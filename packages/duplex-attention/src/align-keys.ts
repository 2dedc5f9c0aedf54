import {
  add,
  concat,
  type Initializer,
  linear,
  matmul,
  mul,
  type Value,
  type WeightScope,
  where,
  zeros,
} from '@nano-emox/engine';
import type { CodeVariantConfig, PaperVariantConfig } from './config';
import { gramOf, normalizeRows, productOverTokens } from './gram';
import { isPromptText, isText, isVisual, perKey, weightPerKey } from './token-groups';

/** Keys and values of the tokens of one run, `[batch, keyHeads, time, headDim]`, and int64 `kinds` `[batch, time]`. */
export interface KeysToAlign {
  readonly key: Value;
  readonly value: Value;
  readonly kinds: Value;
}

/** `[rows, columns]`, ones on the diagonal: what lies beyond the square counts for nothing. */
const diagonal = (rows: number, columns: number): Initializer => ({
  kind: 'values',
  values: Float32Array.from({ length: rows * columns }, (_, index) =>
    Number(index % columns === Math.floor(index / columns)),
  ),
});

const widthOf = (key: Value): number => key.shape[3] as number;

/** `key + ratio ⊙ aligned`, the ratio being learned per feature, at first 0. */
function addScaled(key: Value, aligned: Value, weights: WeightScope, name: string): Value {
  return add(key, mul(weights.get(name, [1, 1, widthOf(key)], zeros), aligned));
}

/** Keys and their aligned form as one key; fresh weights return the key itself. */
function fuse(
  key: Value,
  aligned: Value,
  weights: WeightScope,
  side: 'v' | 't',
  fuser: PaperVariantConfig['fuser'],
): Value {
  if (fuser === 'add') return addScaled(key, aligned, weights, `ratio_${side}`);
  const width = widthOf(key);
  const both = concat([key, aligned], 3); // [batch, keyHeads, time, 2 · headDim]
  return linear(both, weights.get(`fuser_${side}.weight`, [width, 2 * width], diagonal(width, 2 * width)));
}

/**
 * Both directions: visual keys in the basis of the text of the prompt, text keys in that of what is seen. Later text is aligned
 * with the same visual basis, which is therefore kept: `visualGram` of the runs before goes in, of all runs comes out.
 * @see MODA (arXiv 2507.04635): K^{m̄→m} = K^{m̄} ‖G^m‖ with G^m = K^{m⊤} K^m
 */
export function alignAsInPaper(
  { key, kinds }: KeysToAlign,
  weights: WeightScope,
  config: PaperVariantConfig,
  pastVisualGram: Value | undefined,
): { key: Value; visualGram: Value } {
  const seen = isVisual(kinds, config);
  const newGram = gramOf(key, weightPerKey(seen)); // [batch, keyHeads, headDim, headDim]
  const visualGram = pastVisualGram ? add(pastVisualGram, newGram) : newGram;
  const textGram = gramOf(key, weightPerKey(isPromptText(kinds)));
  const visualKey = fuse(key, matmul(key, normalizeRows(textGram)), weights, 'v', config.fuser);
  const textKey = fuse(key, matmul(key, normalizeRows(visualGram)), weights, 't', config.fuser);
  return { key: where(perKey(seen), visualKey, where(perKey(isText(kinds)), textKey, key)), visualGram };
}

/** Added to every element of a key before it is normalised (released code). */
const KEY_OFFSET = 1e-6;

/**
 * Visual keys in the basis of the keys and values of the text, then a linear map; the rest stays. The text is that of the prompt:
 * the released code takes the answer too, which in training shows visual keys what the model is to predict.
 * @see KwaiVGI/MODA at aa627ae, modeling_llama_local_moda.py
 */
export function alignAsInCode(
  { key, value, kinds }: KeysToAlign,
  weights: WeightScope,
  config: CodeVariantConfig,
): Value {
  const width = widthOf(key);
  const unit = normalizeRows(add(key, KEY_OFFSET));
  const basis = productOverTokens(unit, value, weightPerKey(isPromptText(kinds))); // [batch, keyHeads, headDim, headDim]
  const scaled = addScaled(key, matmul(unit, normalizeRows(basis)), weights, 'ratio_v');
  const fused = linear(scaled, weights.get('pfuser_v.weight', [width, width], diagonal(width, width)));
  return where(perKey(isVisual(kinds, config)), fused, key);
}

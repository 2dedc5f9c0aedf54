import { cast, equal, logicalOr, reshape, tokenKinds, type Value } from '@nano-emox/engine';
import type { DuplexAttentionConfig } from './config';

function isAnyOf(kinds: Value, codes: readonly number[]): Value {
  return codes.map((code) => equal(kinds, code)).reduce(logicalOr);
}

/** bool, shape of `kinds`: the soft tokens that stand for what is seen. */
export const isVisual = (kinds: Value, { visual }: Pick<DuplexAttentionConfig, 'visual'>): Value =>
  isAnyOf(
    kinds,
    visual.map((modality) => tokenKinds[modality]),
  );

/** bool, shape of `kinds`: text of the prompt, the only text that others may be aligned with. */
export const isPromptText = (kinds: Value): Value => equal(kinds, tokenKinds.text);

/** bool, shape of `kinds`: text of prompt and answer. */
export const isText = (kinds: Value): Value => isAnyOf(kinds, [tokenKinds.text, tokenKinds.answer]);

/** A bool `[batch, time]` as `[batch, 1, time, 1]`, to choose rows of keys. */
export const perKey = (mask: Value): Value => reshape(mask, [mask.shape[0] as number, 1, mask.shape[1] as number, 1]);

/** As {@link perKey}, in numbers: 1 or 0. */
export const weightPerKey = (mask: Value): Value => cast(perKey(mask), 'float32');

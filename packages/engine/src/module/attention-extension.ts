import type { Modality, TensorSpec } from '@nano-emox/tensor-contract';
import type { Value } from '../graph/value';
import { attentionScores } from '../ops/attention';
import { softmax } from '../ops/reduce';
import { concat } from '../ops/shape';
import type { WeightScope } from './weight-scope';

/**
 * What a token is to an attention that treats modalities apart, as a number. `answer` is all that follows the prompt: what is
 * generated, and in training what is supervised. Whatever looks at a whole sequence at once has to leave it out, or the model
 * would see its answer before it gives it.
 */
export const tokenKinds = {
  padding: 0,
  answer: 1,
  text: 2,
  frame: 3,
  face: 4,
  audio: 5,
  multi: 6,
} as const satisfies Readonly<Record<'padding' | 'answer' | 'text' | Modality, number>>;

/** Plain JSON in the configuration of a decoder: which extension its attention has, and the settings of that extension. */
export type AttentionConfig = { readonly type: string } & Readonly<Record<string, unknown>>;

/** Sizes of the attention layers of a decoder. */
export interface AttentionSizes {
  readonly heads: number;
  readonly keyHeads: number;
  readonly headDim: number;
}

/** One attention layer of a decoder in one run. `time` counts the tokens of this run, `past` those before. */
export interface AttentionParts {
  /** Counted from 0. */
  readonly layer: number;
  /** `[batch, heads, time, headDim]`, with position. */
  readonly query: Value;
  /** `[batch, keyHeads, time, headDim]`, with position. */
  readonly key: Value;
  /** `[batch, keyHeads, time, headDim]`. */
  readonly value: Value;
  /** What the layer returned as `key` and `value` in the run before; absent when sequences are read whole. */
  readonly past?: { readonly key: Value; readonly value: Value } | undefined;
  /** What the layer returned as `carried` in the run before, at first zeros; absent when sequences are read whole. */
  readonly carried?: Readonly<Record<string, Value>> | undefined;
  /** `[batch, 1, time, past + time]`: 0 where a key is visible, very negative where not. */
  readonly bias: Value;
  /** int64 `[batch, time]`: {@link tokenKinds} of the tokens of this run. */
  readonly kinds: Value;
  /** int64 `[batch, past + time]`: the same of all tokens. */
  readonly keyKinds: Value;
}

/** What an attention layer reads. */
export interface AttentionReading {
  /** `[batch, heads, time, past + time]`: share of each value. */
  readonly weights: Value;
  /** `[batch, keyHeads, past + time, headDim]`, to keep for later tokens. */
  readonly key: Value;
  /** `[batch, keyHeads, past + time, headDim]`, to keep for later tokens. */
  readonly value: Value;
  /** What else to keep, under the names of `AttentionExtension.carried`. */
  readonly carried?: Readonly<Record<string, Value>>;
}

/**
 * Another attention for a decoder: the contract by which a package changes what the layers of another read, while neither knows
 * the other. A decoder that supports it (`@nano-emox/lm-lora`) calls `attend` where it would have called {@link plainAttention}.
 */
export interface AttentionExtension<Config extends AttentionConfig = AttentionConfig> {
  /** `type` of the configurations it understands. */
  readonly type: string;
  /** Fills defaults and validates; resolving twice changes nothing. @throws InvalidConfigError */
  readonly resolveConfig: (config: AttentionConfig, sizes: AttentionSizes) => Config;
  /** Tensors of fixed size that each layer passes from run to run beside keys and values; `batch` is the only open axis. */
  readonly carried: (config: Config, sizes: AttentionSizes) => Readonly<Record<string, TensorSpec>>;
  /** One layer; pure. `weights` is the root scope of the decoder: take a scope of one's own below it. */
  readonly attend: (parts: AttentionParts, weights: WeightScope, config: Config) => AttentionReading;
}

/** Causal softmax attention as every decoder has it. */
export function plainAttention({
  query,
  key,
  value,
  past,
  bias,
}: Pick<AttentionParts, 'query' | 'key' | 'value' | 'past' | 'bias'>): AttentionReading {
  const keys = past ? concat([past.key, key], 2) : key; // [batch, keyHeads, past + time, headDim]
  const values = past ? concat([past.value, value], 2) : value;
  return { weights: softmax(attentionScores(query, keys, { bias }), -1), key: keys, value: values };
}

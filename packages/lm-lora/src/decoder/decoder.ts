import {
  add,
  flattenRows,
  gather,
  less,
  linear,
  not,
  pad,
  unsqueeze,
  type Value,
  type WeightScope,
  where,
} from '@nano-emox/engine';
import type { DecoderConfig } from '../config/decoder-config';
import { decoderLayer, initialMatrix, type KeyValues, type LayerContext, rmsNormLayer } from './decoder-layer';

const embeddingTable = (weights: WeightScope, { vocabSize, hidden }: DecoderConfig): Value =>
  weights.get('model.embed_tokens.weight', [vocabSize, hidden], initialMatrix);

/** Tokens of a sequence: text by id, soft tokens by their row. */
export interface TokenInputs {
  /** int64 `[batch, time]`; at the place of a soft token any valid id, by convention 0. */
  readonly inputIds: Value;
  /** int64 `[batch, time]`: row of `softTokens` with its first two axes joined, or −1 for a text token. */
  readonly spliceIndex: Value;
  /** float32 `[batch, soft, hidden]`; `soft` may be 0. */
  readonly softTokens: Value;
}

/** Embeddings of text with the soft tokens in their places, `[batch, time, hidden]`. */
export function embedTokens(
  { inputIds, spliceIndex, softTokens }: TokenInputs,
  weights: WeightScope,
  config: DecoderConfig,
): Value {
  const text = gather(embeddingTable(weights, config), inputIds);
  // A row of zeros in front: index −1 reads it, and a batch without soft tokens needs no special case.
  const rows = pad(flattenRows(softTokens), [{ axis: 0, before: 1, after: 0 }]); // [1 + batch · soft, hidden]
  const soft = gather(rows, add(spliceIndex, 1)); // [batch, time, hidden]
  return where(unsqueeze(not(less(spliceIndex, 0)), 2), soft, text);
}

/** What `decode` found. */
export interface Decoded {
  /** `[batch, time, hidden]` after the final norm. */
  readonly hidden: Value;
  /** Residual stream before the first layer, between layers and after the last, before the final norm. */
  readonly states: readonly Value[];
  /** What each layer has to keep for later tokens. */
  readonly presents: readonly KeyValues[];
}

/** All layers and the final norm on `embeddings` `[batch, time, hidden]`. */
export function decode(embeddings: Value, weights: WeightScope, config: DecoderConfig, context: LayerContext): Decoded {
  const states = [embeddings];
  const presents: KeyValues[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    const scope = weights.scope('model', 'layers', layer);
    const { output, present } = decoderLayer(states[layer] as Value, scope, config, context, layer);
    states.push(output);
    presents.push(present);
  }
  const hidden = rmsNormLayer(states[config.layers] as Value, weights.scope('model', 'norm'), config);
  return { hidden, states, presents };
}

/**
 * Output layer: `hidden` `[…, hidden]` to raw logits `[…, vocabSize]`. With a large vocabulary it costs more than several
 * layers, so callers gather the rows they need first.
 */
export function languageModelHead(hidden: Value, weights: WeightScope, config: DecoderConfig): Value {
  const matrix = config.tiedHead
    ? embeddingTable(weights, config)
    : weights.get('lm_head.weight', [config.vocabSize, config.hidden], initialMatrix);
  return linear(hidden, matrix);
}

import type { Dim } from '../graph/dim';
import type { Value } from '../graph/value';
import { gelu } from '../ops/activation';
import { multiHeadAttention } from '../ops/attention';
import { add } from '../ops/elementwise';
import { expand } from '../ops/shape';
import { layerNormLayer, linearLayer } from './layers';
import { normal, type WeightScope, zeros } from './weight-scope';

/** Sizes of a Q-Former. Widths are those of the query stream; encoder states may have any width. */
export interface QFormerSizes {
  /** Width of the queries. */
  readonly hidden: number;
  /** Attention heads; divides `hidden`. */
  readonly heads: number;
  /** Width inside the feed-forward blocks. */
  readonly mlpDim: number;
  /** Layers, each with self-attention, cross-attention and a feed-forward block. */
  readonly layers: number;
  /** @default 1e-12, the value of BERT */
  readonly layerNormEpsilon?: number;
}

/** Standard deviation of fresh BERT weights (Devlin et al. 2019, released code: `initializer_range`). */
const BERT_DEVIATION = 0.02;
const BERT_LAYER_NORM_EPSILON = 1e-12;

const bertLinear = (x: Value, weights: WeightScope, outDim: number): Value =>
  linearLayer(x, weights, outDim, { initializer: normal(BERT_DEVIATION), biasInitializer: zeros });

/**
 * The query stream of a BLIP-2 Q-Former (Li et al. 2023, section 3.1) without text: learned `queries` `[batch or 1, queries,
 * hidden]` read `states` `[batch, time, any width]`; the result is `[batch, queries, hidden]`. Layers are BERT's, normalised
 * after each block, with cross-attention in every layer. Names are those below `…_Qformer.bert` of published checkpoints.
 */
export function qFormer(queries: Value, states: Value, weights: WeightScope, sizes: QFormerSizes): Value {
  const epsilon = sizes.layerNormEpsilon ?? BERT_LAYER_NORM_EPSILON;
  let x = layerNormLayer(queries, weights.scope('embeddings', 'LayerNorm'), epsilon);
  for (let index = 0; index < sizes.layers; index++) {
    const layer = weights.scope('encoder', 'layer', index);
    x = attentionBlock(x, x, layer.scope('attention'), sizes.heads, epsilon);
    // Until the first look at the states all rows of a batch are equal: one row is enough up to here.
    x = expand(x, [states.shape[0] as Dim, ...x.shape.slice(1)]); // [batch, queries, hidden]
    x = attentionBlock(x, states, layer.scope('crossattention'), sizes.heads, epsilon);
    const inner = gelu(bertLinear(x, layer.scope('intermediate_query', 'dense'), sizes.mlpDim)); // [batch, queries, mlpDim]
    x = closeBlock(inner, x, layer.scope('output_query'), epsilon);
  }
  return x;
}

/** Multi-head attention of `x` over `states`, back to the width of `x`. */
function attentionBlock(x: Value, states: Value, weights: WeightScope, heads: number, epsilon: number): Value {
  const hidden = x.shape[x.shape.length - 1] as number;
  const self = weights.scope('self');
  const query = bertLinear(x, self.scope('query'), hidden);
  const key = bertLinear(states, self.scope('key'), hidden);
  const value = bertLinear(states, self.scope('value'), hidden);
  return closeBlock(multiHeadAttention(query, key, value, { heads }), x, weights.scope('output'), epsilon);
}

/** Projection, residual, layer norm: how every block of BERT ends. */
function closeBlock(inner: Value, residual: Value, weights: WeightScope, epsilon: number): Value {
  const hidden = residual.shape[residual.shape.length - 1] as number;
  return layerNormLayer(
    add(bertLinear(inner, weights.scope('dense'), hidden), residual),
    weights.scope('LayerNorm'),
    epsilon,
  );
}

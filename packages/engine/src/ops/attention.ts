import { type Dim, divideDims, multiplyDims } from '../graph/dim';
import { apply, type Operation } from '../graph/operation';
import type { Value } from '../graph/value';
import { add } from './elementwise';
import { fail } from './inference';
import { matmul } from './matmul';
import { softmax } from './reduce';
import { reshape, transpose } from './shape';

/** `[batch, time, heads · headDim]` to `[batch, heads, time, headDim]`. */
export function splitHeads(x: Value, heads: number): Value {
  const [batch, time, width] = x.shape as [Dim, Dim, Dim];
  const headDim = divideDims(width, heads);
  if (headDim === undefined)
    fail(
      'splitHeads',
      'input',
      ['batch', 'time', `a multiple of ${heads}`],
      x,
      'The width must divide into the heads.',
    );
  return transpose(reshape(x, [batch, time, heads, headDim]), [0, 2, 1, 3]);
}

/** `[batch, heads, time, headDim]` to `[batch, time, heads · headDim]`. */
export function mergeHeads(x: Value): Value {
  const [batch, heads, time, headDim] = x.shape as [Dim, Dim, Dim, Dim];
  return reshape(transpose(x, [0, 2, 1, 3]), [batch, time, multiplyDims(heads, headDim)]);
}

export interface DotProductOptions {
  /** Factor on the scores. @default 1 / √headDim */
  readonly scale?: number;
  /** Added to the scores, broadcast to `[batch, heads, queries, keys]`. */
  readonly bias?: Value | undefined;
}

/**
 * Scores of every key for every query, before the softmax: `query` `[batch, heads, queries, headDim]`, `key`
 * `[batch, keyHeads, keys, headDim]` with `heads` a multiple of `keyHeads` (grouped-query attention), to
 * `[batch, heads, queries, keys]`.
 */
export function attentionScores(query: Value, key: Value, options: DotProductOptions = {}): Value {
  const [batch, heads, queries, headDim] = query.shape as [Dim, number, Dim, number];
  const [, keyHeads, keys] = key.shape as [Dim, number, Dim];
  const alpha = options.scale ?? 1 / Math.sqrt(headDim);
  // Query heads that share a key head become extra rows of one product, so keys are never repeated in memory.
  const stacked = reshape(query, [batch, keyHeads, multiplyDims(queries, heads / keyHeads), headDim]);
  const scores = reshape(matmul(stacked, key, { transposeB: true, alpha }), [batch, heads, queries, keys]);
  return options.bias ? add(scores, options.bias) : scores;
}

/** `weights` `[batch, heads, queries, keys]` on `value` `[batch, keyHeads, keys, headDim]`: `[batch, heads, queries, headDim]`. */
export function mixValues(weights: Value, value: Value): Value {
  const [batch, heads, queries, keys] = weights.shape as [Dim, number, Dim, Dim];
  const [, keyHeads, , headDim] = value.shape as [Dim, number, Dim, number];
  const stacked = reshape(weights, [batch, keyHeads, multiplyDims(queries, heads / keyHeads), keys]);
  return reshape(matmul(stacked, value), [batch, heads, queries, headDim]);
}

/**
 * Scaled dot-product attention on split heads: `query` `[batch, heads, queries, headDim]`, `key` and `value`
 * `[batch, keyHeads, keys, headDim]` with `heads` a multiple of `keyHeads` (grouped-query attention).
 */
export function dotProductAttention(query: Value, key: Value, value: Value, options: DotProductOptions = {}): Value {
  return mixValues(softmax(attentionScores(query, key, options), -1), value);
}

const attentionOp: Operation = {
  name: 'Attention',
  infer: ([query]) => [query as Value],
  lower: ([query, key, value, bias], { heads, scale }) => {
    const [q, k, v] = [query, key, value].map((part) => splitHeads(part as Value, heads as number)) as [
      Value,
      Value,
      Value,
    ];
    return [mergeHeads(dotProductAttention(q, k, v, { scale: scale as number, bias }))];
  },
  emit: (emitter, node, outputs) => {
    const [query, key, value, bias] = node.inputs.map(emitter.name) as [string, string, string, string | undefined];
    const attributes = { num_heads: node.attributes.heads, scale: { float: node.attributes.scale } };
    // Inputs 3 and 4 (packed bias, key padding mask) stay empty.
    const inputs = bias === undefined ? [query, key, value] : [query, key, value, '', '', bias];
    emitter.node('MultiHeadAttention', inputs, attributes, { domain: 'com.microsoft', outputs });
  },
};

/**
 * Multi-head attention of `query` `[batch, queries, dim]` over `key` and `value` `[batch, keys, dim]`, without projections.
 * `bias` is added to the scores and broadcasts to `[batch, heads, queries, keys]`.
 */
export function multiHeadAttention(
  query: Value,
  key: Value,
  value: Value,
  options: { heads: number; scale?: number; bias?: Value | undefined },
): Value {
  const { heads, bias } = options;
  const width = query.shape[query.shape.length - 1] as number;
  if (width % heads !== 0)
    fail(
      'multiHeadAttention',
      'query',
      ['batch', 'time', `a multiple of ${heads}`],
      query,
      'The width must divide into the heads.',
    );
  const scale = options.scale ?? 1 / Math.sqrt(width / heads);
  return apply(attentionOp, bias ? [query, key, value, bias] : [query, key, value], { heads, scale });
}

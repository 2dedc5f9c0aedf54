import type { Dim } from '../graph/dim';
import type { Initializer, Value } from '../graph/value';
import { multiHeadAttention } from '../ops/attention';
import { linear } from '../ops/matmul';
import { layerNorm } from '../ops/normalization';
import { split } from '../ops/shape';
import { fanIn, glorot, ones, type WeightScope, zeros } from './weight-scope';

export interface LinearOptions {
  /** @default true */
  readonly bias?: boolean;
  /** @default PyTorch's U(±1/√in) */
  readonly initializer?: Initializer;
  /** @default that of the weight's default */
  readonly biasInitializer?: Initializer;
}

/** Affine layer with the names of `torch.nn.Linear`: `weight [out, in]`, `bias [out]`. */
export function linearLayer(x: Value, weights: WeightScope, outDim: number, options: LinearOptions = {}): Value {
  const inDim = x.shape[x.shape.length - 1] as number;
  const weight = weights.get('weight', [outDim, inDim], options.initializer ?? fanIn(inDim));
  if (options.bias === false) return linear(x, weight);
  return linear(
    x,
    weight,
    weights.get('bias', [outDim], options.biasInitializer ?? options.initializer ?? fanIn(inDim)),
  );
}

/** Layer norm with the names of `torch.nn.LayerNorm`. */
export function layerNormLayer(x: Value, weights: WeightScope, epsilon: number): Value {
  const dim = x.shape[x.shape.length - 1] as number;
  return layerNorm(x, weights.get('weight', [dim], ones), weights.get('bias', [dim], zeros), epsilon);
}

/**
 * `torch.nn.MultiheadAttention` (batch first, no dropout) with its names: `in_proj_weight [3·dim, dim]` (rows q, k, v),
 * `in_proj_bias`, `out_proj`. `query` `[batch, queries, dim]`, `key` and `value` `[batch, keys, dim]`.
 */
export function torchAttentionLayer(
  query: Value,
  key: Value,
  value: Value,
  weights: WeightScope,
  heads: number,
): Value {
  const dim = query.shape[query.shape.length - 1] as number;
  const parts: Dim[] = [dim, dim, dim];
  const matrices = split(weights.get('in_proj_weight', [3 * dim, dim], glorot(dim, 3 * dim)), 0, parts);
  const biases = split(weights.get('in_proj_bias', [3 * dim], zeros), 0, parts);
  const [q, k, v] = [query, key, value].map((x, index) => linear(x, matrices[index] as Value, biases[index])) as [
    Value,
    Value,
    Value,
  ];
  const mixed = multiHeadAttention(q, k, v, { heads }); // [batch, queries, dim]
  return linearLayer(mixed, weights.scope('out_proj'), dim, { initializer: fanIn(dim), biasInitializer: zeros });
}

import { defineModule, mixValues } from '@nano-emox/engine';
import { f32, i64 } from '@nano-emox/tensor-contract';
import type { DuplexAttentionConfig } from './config';
import { duplexAttention } from './duplex-attention';

/** Sizes and settings of one attention layer by itself. */
export type DuplexLayerConfig = {
  readonly heads: number;
  /** Divides `heads`. */
  readonly keyHeads: number;
  readonly headDim: number;
  readonly attention: DuplexAttentionConfig;
};

/**
 * One layer of duplex attention by itself, over whole sequences: for decoders that are not ours, and for tests. `bias` is 0 where
 * a query sees a key and very negative (−1e9) where not; `kinds` are `tokenKinds`. Weights: `duplex_attention.layers.0.…`.
 */
export const duplexAttentionModule = defineModule({
  name: 'DuplexAttention',
  inputs: (_config: DuplexLayerConfig) => ({
    query: f32('batch', 'heads', 'time', 'headDim'),
    key: f32('batch', 'keyHeads', 'time', 'headDim'),
    value: f32('batch', 'keyHeads', 'time', 'headDim'),
    bias: f32('batch', 1, 'time', 'time'),
    kinds: i64('batch', 'time'),
  }),
  outputs: () => ({
    /** What each query hears. */
    heard: f32('batch', 'heads', 'time', 'headDim'),
    /** Keys as a cache has to keep them. */
    keys: f32('batch', 'keyHeads', 'time', 'headDim'),
    weights: f32('batch', 'heads', 'time', 'time'),
  }),
  forward({ kinds, ...parts }, scope, { attention }) {
    const reading = duplexAttention.attend({ ...parts, kinds, keyKinds: kinds, layer: 0 }, scope, attention);
    return { heard: mixValues(reading.weights, reading.value), keys: reading.key, weights: reading.weights };
  },
});

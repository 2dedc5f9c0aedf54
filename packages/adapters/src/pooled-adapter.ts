import {
  type Dim,
  defineModule,
  expand,
  linearLayer,
  matmul,
  mean,
  squeeze,
  unsqueeze,
  type Value,
} from '@nano-emox/engine';
import { f32 } from '@nano-emox/tensor-contract';
import type { PooledAdapterConfig } from './config';
import { weightNames } from './weight-names';

/** Pools the features to `[batch, inputDim]`. */
type Pool = (features: Value, scores: () => Value) => Value;

/** One vector per clip, projected and copied to every token slot. */
const pooledAdapter = (name: string, pool: Pool) =>
  defineModule<PooledAdapterConfig, 'features', 'tokens'>({
    name,
    inputs: () => ({ features: f32('batch', 'time', 'inputDim') }),
    outputs: () => ({ tokens: f32('batch', 'tokens', 'lmDim') }),
    forward({ features }, weights, { modality, tokens, lmDim }) {
      const names = weightNames[modality];
      const pooled = pool(features, () => linearLayer(features, weights.scope(names.scores), 1)); // [batch, inputDim]
      const token = linearLayer(pooled, weights.scope(names.projection), lmDim);
      return { tokens: expand(unsqueeze(token, 1), [features.shape[0] as Dim, tokens, lmDim]) };
    },
  });

/** Mean over time. */
export const meanAdapterModule = pooledAdapter('MeanAdapter', (features) => mean(features, [1]));

/** Sum over time weighted by learned scores, which are used as they are: no softmax (released code). */
export const attentionAdapterModule = pooledAdapter(
  'AttentionAdapter',
  (features, scores) => squeeze(matmul(scores(), features, { transposeA: true }), 1), // [batch, 1, time] · [batch, time, inputDim]
);

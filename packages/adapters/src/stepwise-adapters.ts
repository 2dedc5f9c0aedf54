import { defineModule, gelu, linearLayer } from '@nano-emox/engine';
import { f32 } from '@nano-emox/tensor-contract';
import type { LinearAdapterConfig, MlpAdapterConfig } from './config';
import { weightNames } from './weight-names';

/** One affine map per time step: as many soft tokens as time steps. */
export const linearAdapterModule = defineModule<LinearAdapterConfig, 'features', 'tokens'>({
  name: 'LinearAdapter',
  inputs: () => ({ features: f32('batch', 'time', 'inputDim') }),
  outputs: () => ({ tokens: f32('batch', 'time', 'lmDim') }),
  forward: ({ features }, weights, { modality, lmDim }) => ({
    tokens: linearLayer(features, weights.scope(weightNames[modality].linear), lmDim),
  }),
});

/** Perceptron with one GELU layer per time step: as many soft tokens as time steps. */
export const mlpAdapterModule = defineModule<MlpAdapterConfig, 'features', 'tokens'>({
  name: 'MlpAdapter',
  inputs: () => ({ features: f32('batch', 'time', 'inputDim') }),
  outputs: () => ({ tokens: f32('batch', 'time', 'lmDim') }),
  forward({ features }, weights, { modality, hidden, lmDim }) {
    const layers = weights.scope(weightNames[modality].mlp);
    const inner = gelu(linearLayer(features, layers.scope(0), hidden)); // [batch, time, hidden]
    return { tokens: linearLayer(inner, layers.scope(3), lmDim) }; // 1 and 2 are GELU and dropout in the published stack
  },
});

import { add, defineModule, linearLayer, normal, qFormer, slice } from '@nano-emox/engine';
import { f32 } from '@nano-emox/tensor-contract';
import type { QFormerAdapterConfig } from './config';
import { weightNames } from './weight-names';

/** Deviation of fresh queries (released code). */
const QUERY_DEVIATION = 0.02;

/**
 * Q-Former adapter: features with a learned time embedding are read by learned queries, which are then projected into the
 * space of the language model. @see Nano-EmoX, heterogeneous adapters; BLIP-2 (Li et al. 2023), section 3.1
 */
export const qformerAdapterModule = defineModule<QFormerAdapterConfig, 'features', 'tokens'>({
  name: 'QFormerAdapter',
  inputs: () => ({ features: f32('batch', 'time', 'inputDim') }),
  outputs: () => ({ tokens: f32('batch', 'tokens', 'lmDim') }),
  forward({ features }, weights, config) {
    const { inputDim, hidden, lmDim, positions } = config;
    const names = weightNames[config.modality];
    const table = weights.scope(names.positions).get('weight', [positions, inputDim], normal(1));
    const timed = add(features, slice(table, 0, 0, features.shape[1])); // [batch, time, inputDim]
    const queries = weights.get(names.queries, [1, config.tokens, hidden], normal(QUERY_DEVIATION));
    const read = qFormer(queries, timed, weights.scope(names.qformer, 'bert'), config); // [batch, tokens, hidden]
    return { tokens: linearLayer(read, weights.scope(names.projection), lmDim) };
  },
  // A constant of BERT's position embeddings, which queries do not have; checkpoints keep the buffer.
  ignores: (name) => name.endsWith('.position_ids'),
});

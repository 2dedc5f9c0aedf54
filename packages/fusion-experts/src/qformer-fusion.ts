import { add, concat, defineModule, linearLayer, normal, qFormer, slice } from '@nano-emox/engine';
import { f32 } from '@nano-emox/tensor-contract';
import type { QFormerFusionConfig } from './config';

/** Deviation of fresh queries (released code). */
const QUERY_DEVIATION = 0.02;

/** Q-Former fusion: queries read all frames, then all clips, with learned positions. @see AffectGPT, pre-fusion */
export const qformerFusionModule = defineModule<QFormerFusionConfig, 'audio' | 'scene', 'tokens'>({
  name: 'QFormerFusion',
  inputs: () => ({ audio: f32('batch', 'clips', 'audioDim'), scene: f32('batch', 'frames', 'sceneDim') }),
  outputs: () => ({ tokens: f32('batch', 'tokens', 'lmDim') }),
  forward({ audio, scene }, weights, config) {
    const { commonDim, hidden, positions, tokens, lmDim } = config;
    const frames = linearLayer(scene, weights.scope('multi_video_embs'), commonDim); // [batch, frames, commonDim]
    const clips = linearLayer(audio, weights.scope('multi_audio_embs'), commonDim); // [batch, clips, commonDim]
    const joined = concat([frames, clips], 1); // [batch, frames + clips, commonDim]
    const table = weights.scope('multi_position_embedding').get('weight', [positions, commonDim], normal(1));
    const placed = add(joined, slice(table, 0, 0, joined.shape[1]));
    const queries = weights.get('multi_query_tokens', [1, tokens, hidden], normal(QUERY_DEVIATION));
    const read = qFormer(queries, placed, weights.scope('multi_Qformer', 'bert'), config); // [batch, tokens, hidden]
    return { tokens: linearLayer(read, weights.scope('multi_llama_proj'), lmDim) };
  },
  // A constant of BERT's position embeddings, which queries do not have; checkpoints keep the buffer.
  ignores: (name) => name.endsWith('.position_ids'),
});

import { add, concat, defineModule, linearLayer, mean, mul, slice } from '@nano-emox/engine';
import { f32 } from '@nano-emox/tensor-contract';
import type { AttentionFusionConfig } from './config';
import { repeatToken } from './repeat-token';

/**
 * Attention fusion: two scores weigh the means over time of scene and audio. The scores are used as they are, with neither
 * activation nor softmax (released code), so they are no gate. @see AffectGPT, pre-fusion
 */
export const attentionFusionModule = defineModule<
  AttentionFusionConfig,
  'audio' | 'scene',
  'fused' | 'tokens' | 'scores'
>({
  name: 'AttentionFusion',
  inputs: () => ({ audio: f32('batch', 'clips', 'audioDim'), scene: f32('batch', 'frames', 'sceneDim') }),
  outputs: () => ({
    fused: f32('batch', 'commonDim'),
    tokens: f32('batch', 'tokens', 'lmDim'),
    scores: f32('batch', 2),
  }),
  forward({ audio, scene }, weights, { commonDim, lmDim, tokens }) {
    const video = linearLayer(mean(scene, [1]), weights.scope('multi_video_embs'), commonDim); // [batch, commonDim]
    const voice = linearLayer(mean(audio, [1]), weights.scope('multi_audio_embs'), commonDim);
    const inner = linearLayer(concat([video, voice], -1), weights.scope('attention_mlp'), commonDim);
    const scores = linearLayer(inner, weights.scope('fc_att'), 2); // [batch, 2]: scene, audio
    const fused = add(mul(slice(scores, 1, 0, 1), video), mul(slice(scores, 1, 1, 2), voice));
    const token = linearLayer(fused, weights.scope('multi_llama_proj'), lmDim);
    return { fused, tokens: repeatToken(token, tokens), scores };
  },
});

import {
  add,
  concat,
  defineModule,
  gelu,
  layerNormLayer,
  linearLayer,
  matmul,
  mean,
  slice,
  softmax,
  squeeze,
  torchAttentionLayer,
  unsqueeze,
  type Value,
  type WeightScope,
} from '@nano-emox/engine';
import { f32 } from '@nano-emox/tensor-contract';
import type { MultiscaleFusionConfig } from './config';
import { repeatToken } from './repeat-token';

/**
 * Three-expert fusion: expert i lets level i of the audio encoder ask level i of the scene encoder; a gate weighs the experts.
 * Clips and frames meet without positions, so the order of frames does not matter. The scalar gate per expert is that of the
 * released code. @see Nano-EmoX, fusion encoder (released class `MultiScaleCrossModalFusion`)
 */
export const multiscaleFusionModule = defineModule<
  MultiscaleFusionConfig,
  'audio' | 'scene',
  'fused' | 'tokens' | 'gate'
>({
  name: 'MultiscaleFusion',
  inputs: () => ({
    audio: f32('batch', 'clips', 'experts', 'audioDim'),
    scene: f32('batch', 'frames', 'experts', 'sceneDim'),
  }),
  outputs: () => ({
    fused: f32('batch', 'hidden'),
    tokens: f32('batch', 'tokens', 'lmDim'),
    gate: f32('batch', 'experts'),
  }),
  forward({ audio, scene }, weights, config) {
    const fusion = weights.scope('multi_multiscale_fusion');
    const asking = projectLevels(audio, fusion.scope('audio_proj'), config); // experts × [batch, clips, hidden]
    const asked = projectLevels(scene, fusion.scope('visual_proj'), config); // experts × [batch, frames, hidden]
    // Gate and sum only read means over time, and means commute with both.
    const means = asking.map((queries, index) =>
      mean(expert(queries, asked[index] as Value, fusion, index, config), [1]),
    );
    const gate = gateOf(concat(means, -1), fusion.scope('gate_mlp'), config); // [batch, experts]
    const stacked = concat(
      means.map((vector) => unsqueeze(vector, 1)),
      1,
    ); // [batch, experts, hidden]
    const fused = squeeze(matmul(unsqueeze(gate, 1), stacked), 1); // [batch, hidden]
    const token = linearLayer(fused, weights.scope('multi_llama_proj'), config.lmDim); // [batch, lmDim]
    return { fused, tokens: repeatToken(token, config.tokens), gate };
  },
  // Built by the released code for every fusion, read by the others only.
  ignores: (name) => /^multi_(audio|video)_embs\./.test(name),
});

/** Each level of `x` `[batch, time, experts, dim]` in the common width: `[batch, time, hidden]` per expert. */
function projectLevels(
  x: Value,
  weights: WeightScope,
  { experts, hidden, sharedProjections }: MultiscaleFusionConfig,
): Value[] {
  const levels = (value: Value) =>
    Array.from({ length: experts }, (_, index) => squeeze(slice(value, 2, index, index + 1), 2));
  if (sharedProjections) return levels(linearLayer(x, weights, hidden));
  return levels(x).map((level, index) => linearLayer(level, weights.scope(index), hidden));
}

/** Cross-attention with a residual, then a feed-forward block with a residual: `[batch, clips, hidden]`. */
function expert(
  queries: Value,
  scene: Value,
  fusion: WeightScope,
  index: number,
  config: MultiscaleFusionConfig,
): Value {
  const { heads, hidden, layerNormEpsilon } = config;
  const attended = torchAttentionLayer(queries, scene, scene, fusion.scope('cross_attns', index), heads);
  const residual = add(attended, queries); // [batch, clips, hidden]
  const block = fusion.scope('ffns', index); // 2 and 3 are GELU and dropout in the published stack
  const inner = gelu(linearLayer(layerNormLayer(residual, block.scope(0), layerNormEpsilon), block.scope(1), hidden));
  return add(residual, linearLayer(inner, block.scope(4), hidden));
}

/** Weights of the experts, positive with sum 1, from what all of them say: `[batch, experts · hidden]` to `[batch, experts]`. */
function gateOf(means: Value, weights: WeightScope, { hidden, experts }: MultiscaleFusionConfig): Value {
  const inner = gelu(linearLayer(means, weights.scope(0), hidden)); // 1 and 2 are GELU and dropout
  return softmax(linearLayer(inner, weights.scope(3), experts), -1);
}

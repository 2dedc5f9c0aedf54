import {
  add,
  clamp,
  concat,
  defineModule,
  div,
  glorot,
  type Initializer,
  linearLayer,
  matmul,
  maximum,
  mean,
  mul,
  relu,
  slice,
  softmax,
  squeeze,
  sum,
  uniform,
  unsqueeze,
  type Value,
  type WeightScope,
  zeros,
} from '@nano-emox/engine';
import { f32 } from '@nano-emox/tensor-contract';
import type { DenseMixtureFusionConfig } from './config';
import { repeatToken } from './repeat-token';

/** Numbers of the released dense mixture. */
const limits = { projection: 10, logit: 5, noiseDeviation: 0.1, noise: 0.02, smallestWeight: 1e-6 };

/** Glorot's bound times the gain 0.1 of the released code. */
function smallGlorot(inputs: number, outputs: number): Initializer {
  const initializer = glorot(inputs, outputs);
  return initializer.kind === 'uniform' ? uniform(0.1 * initializer.bound) : initializer;
}

function layer(x: Value, weights: WeightScope, outDim: number): Value {
  const initializer = smallGlorot(x.shape[x.shape.length - 1] as number, outDim);
  return linearLayer(x, weights, outDim, { initializer, biasInitializer: zeros });
}

/**
 * Dense mixture: a router weighs experts that each mix the means over time of scene and audio in their own way.
 * The gate is the expert weights. @see Nano-EmoX, released class of the `densemoe` fusion
 */
export const denseMixtureFusionModule = defineModule<
  DenseMixtureFusionConfig,
  'audio' | 'scene' | 'routerNoise',
  'fused' | 'tokens' | 'gate'
>({
  name: 'DenseMixtureFusion',
  inputs: ({ routerNoise }) => ({
    audio: f32('batch', 'clips', 'audioDim'),
    scene: f32('batch', 'frames', 'sceneDim'),
    ...((routerNoise ? { routerNoise: f32('batch', 'experts') } : {}) as { routerNoise: ReturnType<typeof f32> }),
  }),
  outputs: () => ({
    fused: f32('batch', 'commonDim'),
    tokens: f32('batch', 'tokens', 'lmDim'),
    gate: f32('batch', 'experts'),
  }),
  forward({ audio, scene, routerNoise }, weights, config) {
    const { commonDim, experts, lmDim, tokens } = config;
    const mixture = weights.scope('multi_moe_fusion');
    const video = mean(scene, [1]); // [batch, sceneDim]
    const voice = mean(audio, [1]); // [batch, audioDim]
    const project = (x: Value, name: string) =>
      clamp(layer(x, mixture.scope(name), commonDim), -limits.projection, limits.projection);
    const view = concat([project(video, 'visual_projector'), project(voice, 'audio_projector')], -1);
    const gate = route(view, mixture.scope('routing_network', 'router'), config, routerNoise); // [batch, experts]
    // Experts read the means themselves; the projections serve the router alone.
    const opinions = Array.from({ length: experts }, (_, index) =>
      unsqueeze(mix(video, voice, mixture.scope('experts', index), commonDim), 1),
    );
    const fused = squeeze(matmul(unsqueeze(gate, 1), concat(opinions, 1)), 1); // [batch, commonDim]
    return { fused, tokens: repeatToken(layer(fused, mixture.scope('llm_projector'), lmDim), tokens), gate };
  },
  // Built by the released code for every fusion, bypassed by this one.
  ignores: (name) => /^multi_(llama_proj|audio_embs|video_embs)\./.test(name),
});

/** Weights of the experts: `[batch, experts]`, positive, sum 1. */
function route(x: Value, weights: WeightScope, config: DenseMixtureFusionConfig, noise: Value | undefined): Value {
  const inner = relu(layer(x, weights.scope(0), config.routerDim));
  const last = { initializer: uniform(0.02), biasInitializer: zeros };
  let logits = clamp(linearLayer(inner, weights.scope(2), config.experts, last), -limits.logit, limits.logit);
  if (noise) logits = add(logits, clamp(mul(noise, limits.noiseDeviation), -limits.noise, limits.noise));
  const raised = maximum(softmax(logits, -1), limits.smallestWeight);
  return div(raised, sum(raised, [-1], true));
}

/** One expert: both modalities in its own space, weighted by two shares it chooses. */
function mix(video: Value, voice: Value, weights: WeightScope, dim: number): Value {
  const seen = layer(video, weights.scope('multi_video_embs'), dim); // [batch, commonDim]
  const heard = layer(voice, weights.scope('multi_audio_embs'), dim);
  const scorer = weights.scope('attention_mlp');
  const shares = softmax(layer(relu(layer(concat([seen, heard], -1), scorer.scope(0), dim)), scorer.scope(2), 2), -1);
  return add(mul(slice(shares, 1, 0, 1), seen), mul(slice(shares, 1, 1, 2), heard));
}

import {
  type Dim,
  defineModule,
  expand,
  gelu,
  linearLayer,
  multiplyDims,
  normal,
  reshape,
  torchAttentionLayer,
  type Value,
  type WeightScope,
} from '@nano-emox/engine';
import { f32, type TensorSpec } from '@nano-emox/tensor-contract';
import type { FaceEncoderConfig } from './config';
import { multiScaleHead } from './multi-scale-head';
import { normalizeFrames } from './normalize-frames';
import { swinStages } from './swin/backbone';
import { frameSize } from './swin/map-size';

/** RGB frames, values 0…255: `[batch, frames, 3, height, width]`. */
export function framesSpec(config: FaceEncoderConfig): TensorSpec {
  return { type: config.inputType, axes: ['batch', 'frames', 3, ...frameSize(config)] };
}

const featuresSpec = f32('batch', 'frames', 'headWidth');
const tokensSpec = f32('batch', 'queries', 'lmDim');

/** Tensors of published checkpoints that the encoder never reads: buffers, the unused final norm, FaceXFormer's decoder. */
const isUnusedInBackbone = (name: string): boolean =>
  /^facexformer\.(backbone\.1|pe_layer|face_decoder)\./.test(name) || name.endsWith('.relative_position_index');
/** `lynorm` is created, trained and saved by the released Nano-EmoX, and never called. */
const isUnusedInTokens = (name: string): boolean => name.startsWith('lynorm.');
const isBackbone = (name: string): boolean => name.startsWith('facexformer.');

function features(frames: Value, weights: WeightScope, config: FaceEncoderConfig): Value {
  const [batch, count, , height, width] = frames.shape as [Dim, Dim, number, number, number];
  const images = reshape(frames, [multiplyDims(batch, count), 3, height, width]);
  const scope = weights.scope('facexformer');
  const stages = swinStages(normalizeFrames(images, config.normalization), scope.scope('backbone', 0), config);
  return reshape(multiScaleHead(stages, scope, config), [batch, count, config.headWidth]); // [batch, frames, headWidth]
}

/** Learned queries read all frames at once; no position is added, so the order of the frames does not matter. */
function tokens(frameFeatures: Value, weights: WeightScope, config: FaceEncoderConfig): Value {
  const { queries, headWidth, temporalHeads, projectionDim, lmDim } = config;
  const batch = frameFeatures.shape[0] as Dim;
  const query = reshape(weights.get('query', [queries, headWidth], normal(1)), [1, queries, headWidth]);
  const repeated = expand(query, [batch, queries, headWidth]);
  const read = torchAttentionLayer(repeated, frameFeatures, frameFeatures, weights.scope('attn'), temporalHeads); // [batch, queries, headWidth]
  const hidden = gelu(linearLayer(read, weights.scope('face_proj', 0), projectionDim));
  return linearLayer(hidden, weights.scope('face_proj', 3), lmDim); // [batch, queries, lmDim]
}

/** The frozen half: frames to one feature vector per frame. Accepts the weights of the whole encoder. */
export const faceFeaturesModule = defineModule({
  name: 'FaceFeatures',
  inputs: (config: FaceEncoderConfig) => ({ frames: framesSpec(config) }),
  outputs: () => ({ features: featuresSpec }),
  forward: ({ frames }, weights, config) => ({ features: features(frames, weights, config) }),
  ignores: (name) => !isBackbone(name) || isUnusedInBackbone(name),
});

/** The trainable half: features of all frames to face tokens. Accepts the weights of the whole encoder. */
export const faceTokensModule = defineModule({
  name: 'FaceTokens',
  inputs: (_config: FaceEncoderConfig) => ({ features: featuresSpec }),
  outputs: () => ({ tokens: tokensSpec }),
  forward: (inputs, weights, config) => ({ tokens: tokens(inputs.features, weights, config) }),
  ignores: (name) => isBackbone(name) || isUnusedInTokens(name),
});

/** Both halves. Weight names are those below `facial_encoder.` in Nano-EmoX checkpoints. */
export const faceEncoderModule = defineModule({
  name: 'FaceEncoder',
  inputs: (config: FaceEncoderConfig) => ({ frames: framesSpec(config) }),
  outputs: () => ({ features: featuresSpec, tokens: tokensSpec }),
  forward: ({ frames }, weights, config) => {
    const perFrame = features(frames, weights, config);
    return { features: perFrame, tokens: tokens(perFrame, weights, config) };
  },
  ignores: (name) => isUnusedInBackbone(name) || isUnusedInTokens(name),
});

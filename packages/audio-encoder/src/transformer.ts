import {
  add,
  gelu,
  layerNormLayer,
  linearLayer,
  multiHeadAttention,
  normal,
  type Value,
  type WeightScope,
  zeros,
} from '@nano-emox/engine';
import { type AudioEncoderConfig, neededLayers } from './config';
import { positionalConvolution } from './positional-convolution';

/** Standard deviation of fresh weights (HuBERT's `initializer_range`). */
const DEVIATION = 0.02;

export const transformerLinear = (x: Value, weights: WeightScope, outDim: number): Value =>
  linearLayer(x, weights, outDim, { initializer: normal(DEVIATION), biasInitializer: zeros });

/**
 * Hidden states of the transformer over `x` `[rows, time, hidden]`: index 0 is the input of the first layer, k the output of
 * layer k, up to the deepest that is read. With norms before the blocks, the last layer of the model is given after the final
 * norm, the others before it, as in transformers 4.
 */
export function hiddenStates(x: Value, weights: WeightScope, config: AudioEncoderConfig): Value[] {
  const { stableLayerNorm, layers, layerNormEpsilon } = config;
  const finalNorm = (state: Value) => layerNormLayer(state, weights.scope('layer_norm'), layerNormEpsilon);
  const placed = add(x, positionalConvolution(x, weights.scope('pos_conv_embed', 'conv'), config));
  const states = [stableLayerNorm ? placed : finalNorm(placed)];
  const layer = stableLayerNorm ? normFirstLayer : normLastLayer;
  for (let index = 0; index < neededLayers(config); index++) {
    states.push(layer(states[index] as Value, weights.scope('layers', index), config));
  }
  if (stableLayerNorm && states.length > layers) states[layers] = finalNorm(states[layers] as Value);
  return states;
}

/** Large models: the residual stream is never normalised. */
function normFirstLayer(x: Value, weights: WeightScope, config: AudioEncoderConfig): Value {
  const norm = (state: Value, name: string) => layerNormLayer(state, weights.scope(name), config.layerNormEpsilon);
  const attended = add(x, attention(norm(x, 'layer_norm'), weights.scope('attention'), config));
  return add(attended, feedForward(norm(attended, 'final_layer_norm'), weights.scope('feed_forward'), config));
}

/** Base models: each block ends in a norm. */
function normLastLayer(x: Value, weights: WeightScope, config: AudioEncoderConfig): Value {
  const norm = (state: Value, name: string) => layerNormLayer(state, weights.scope(name), config.layerNormEpsilon);
  const attended = norm(add(x, attention(x, weights.scope('attention'), config)), 'layer_norm');
  return norm(add(attended, feedForward(attended, weights.scope('feed_forward'), config)), 'final_layer_norm');
}

function attention(x: Value, weights: WeightScope, { hidden, heads }: AudioEncoderConfig): Value {
  const [query, key, value] = ['q_proj', 'k_proj', 'v_proj'].map((name) =>
    transformerLinear(x, weights.scope(name), hidden),
  ) as [Value, Value, Value];
  return transformerLinear(multiHeadAttention(query, key, value, { heads }), weights.scope('out_proj'), hidden);
}

function feedForward(x: Value, weights: WeightScope, { hidden, mlpDim }: AudioEncoderConfig): Value {
  const inner = gelu(transformerLinear(x, weights.scope('intermediate_dense'), mlpDim)); // [rows, time, mlpDim]
  return transformerLinear(inner, weights.scope('output_dense'), hidden);
}

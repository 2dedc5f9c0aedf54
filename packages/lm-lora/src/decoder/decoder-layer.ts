import {
  add,
  mergeHeads,
  mul,
  normal,
  ones,
  rmsNorm,
  silu,
  splitHeads,
  type Value,
  type WeightScope,
} from '@nano-emox/engine';
import type { DecoderConfig } from '../config/decoder-config';
import { attendWhole, type LayerAttention } from './layer-attention';
import { projection } from './projection';
import { type Rotation, rotate } from './rotary';

/** What a layer keeps of tokens: keys (rotated) and values, `[batch, keyHeads, tokens, headDim]` each. */
export interface KeyValues {
  readonly key: Value;
  readonly value: Value;
  /** What an attention extension keeps besides. */
  readonly carried?: Readonly<Record<string, Value>>;
}

/** What every layer of one run shares. */
export interface LayerContext {
  readonly rotation: Rotation;
  /** Additive mask, broadcast to `[batch, heads, time, keys]`. */
  readonly bias: Value;
  /** @default `attendWhole` */
  readonly attend?: LayerAttention | undefined;
}

/** Standard deviation of fresh matrices, that of the Hugging Face configurations. */
const INITIAL_DEVIATION = 0.02;
export const initialMatrix = normal(INITIAL_DEVIATION);
/** Matrices that write to the residual stream start smaller, so that its variance does not grow with depth (GPT-2). */
const residualMatrix = (layers: number) => normal(INITIAL_DEVIATION / Math.sqrt(2 * layers));

/** RMS norm with the name of the Hugging Face layer. `x` `[batch, time, hidden]`. */
export function rmsNormLayer(x: Value, weights: WeightScope, { hidden, rmsEps }: DecoderConfig): Value {
  return rmsNorm(x, weights.get('weight', [hidden], ones), rmsEps);
}

function selfAttention(
  x: Value,
  weights: WeightScope,
  config: DecoderConfig,
  { rotation, bias, attend = attendWhole }: LayerContext,
  layer: number,
): { mixed: Value; present: KeyValues } {
  const { hidden, layers, heads, keyHeads, headDim, attentionBias } = config;
  const options = { bias: attentionBias, initializer: initialMatrix };
  const query = splitHeads(projection(x, weights, 'q_proj', heads * headDim, config, options), heads);
  const key = splitHeads(projection(x, weights, 'k_proj', keyHeads * headDim, config, options), keyHeads);
  const value = splitHeads(projection(x, weights, 'v_proj', keyHeads * headDim, config, options), keyHeads);
  const rotated = { query: rotate(query, rotation), key: rotate(key, rotation) }; // [batch, …, time, headDim]
  const { heard, present } = attend({ layer, ...rotated, value, bias });
  const output = { bias: false, initializer: residualMatrix(layers) };
  return { mixed: projection(mergeHeads(heard), weights, 'o_proj', hidden, config, output), present };
}

function feedForward(x: Value, weights: WeightScope, config: DecoderConfig): Value {
  const { hidden, layers, mlp } = config;
  const options = { bias: false, initializer: initialMatrix };
  const gate = silu(projection(x, weights, 'gate_proj', mlp, config, options)); // [batch, time, mlp]
  const up = projection(x, weights, 'up_proj', mlp, config, options);
  return projection(mul(gate, up), weights, 'down_proj', hidden, config, {
    bias: false,
    initializer: residualMatrix(layers),
  });
}

/** Decoder layer number `layer`, `x` `[batch, time, hidden]` to the same shape; also the keys and values to keep for later tokens. */
export function decoderLayer(
  x: Value,
  weights: WeightScope,
  config: DecoderConfig,
  context: LayerContext,
  layer: number,
): { output: Value; present: KeyValues } {
  const normed = rmsNormLayer(x, weights.scope('input_layernorm'), config);
  const { mixed, present } = selfAttention(normed, weights.scope('self_attn'), config, context, layer);
  const attended = add(x, mixed);
  const inner = rmsNormLayer(attended, weights.scope('post_attention_layernorm'), config);
  return { output: add(attended, feedForward(inner, weights.scope('mlp'), config)), present };
}

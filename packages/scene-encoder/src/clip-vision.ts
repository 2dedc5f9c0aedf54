import {
  add,
  concat,
  convolution,
  type Dim,
  expand,
  gelu,
  layerNormLayer,
  linearLayer,
  multiHeadAttention,
  normal,
  quickGelu,
  reshape,
  slice,
  transpose,
  type Value,
  type WeightScope,
  zeros,
} from '@nano-emox/engine';
import type { SceneEncoderConfig } from './config';

/** Deviation of fresh patch and position embeddings (`initializer_range` of CLIP configurations). */
const EMBEDDING_DEVIATION = 0.02;

/**
 * CLIP's vision transformer (Radford et al. 2021, arXiv 2103.00020): `pixels` `[images, 3, height, width]` to the class token at every
 * depth up to `depth`, each `[images, 1, hidden]`; entry k equals token 0 of Hugging Face's `hidden_states[k]`.
 * Weight names are those below `vision_model.`.
 */
export function classTokens(
  pixels: Value,
  weights: WeightScope,
  depth: number,
  config: SceneEncoderConfig,
): readonly Value[] {
  const embedded = embedding(pixels, weights.scope('embeddings'), config);
  let x = layerNormLayer(embedded, weights.scope('pre_layrnorm'), config.layerNormEpsilon); // [images, 1 + patches, hidden]
  const tokens = [classToken(x)];
  for (let layer = 0; layer < depth; layer++) {
    // Nobody reads the patches after the last layer: there only the class token is computed.
    const rows = layer === depth - 1 ? classToken : (all: Value) => all;
    x = encoderLayer(x, rows, weights.scope('encoder', 'layers', layer), config);
    tokens.push(classToken(x));
  }
  return tokens;
}

const classToken = (x: Value): Value => slice(x, 1, 0, 1);

/** Patches as tokens behind a learned class token, with learned positions. */
function embedding(pixels: Value, weights: WeightScope, { hidden, patchSize }: SceneEncoderConfig): Value {
  const kernel = weights.get('patch_embedding.weight', [hidden, 3, patchSize, patchSize], normal(EMBEDDING_DEVIATION));
  const map = convolution(pixels, kernel, undefined, { strides: [patchSize, patchSize] }); // [images, hidden, rows, columns]
  const [images, , rows, columns] = map.shape as [Dim, number, number, number];
  const patches = transpose(reshape(map, [images, hidden, rows * columns]), [0, 2, 1]); // [images, patches, hidden]
  const learned = reshape(weights.get('class_embedding', [hidden], normal(hidden ** -0.5)), [1, 1, hidden]);
  const tokens = concat([expand(learned, [images, 1, hidden]), patches], 1); // [images, 1 + patches, hidden]
  return add(
    tokens,
    weights.get('position_embedding.weight', [1 + rows * columns, hidden], normal(EMBEDDING_DEVIATION)),
  );
}

/** Pre-norm layer; `rows` picks the tokens whose result is wanted. All tokens are attended to. */
function encoderLayer(x: Value, rows: (x: Value) => Value, weights: WeightScope, config: SceneEncoderConfig): Value {
  const { hidden, heads, mlp, layers, activation, layerNormEpsilon } = config;
  // Deviations as CLIP draws them: residual branches shrink with the depth of the stack.
  const branchDeviation = hidden ** -0.5 * (2 * layers) ** -0.5;
  const layer = (input: Value, name: string, outDim: number, deviation: number) =>
    linearLayer(input, weights.scope(name), outDim, { initializer: normal(deviation), biasInitializer: zeros });

  const normed = layerNormLayer(x, weights.scope('layer_norm1'), layerNormEpsilon);
  const query = layer(rows(normed), 'self_attn.q_proj', hidden, branchDeviation);
  const key = layer(normed, 'self_attn.k_proj', hidden, branchDeviation);
  const value = layer(normed, 'self_attn.v_proj', hidden, branchDeviation);
  const mixed = multiHeadAttention(query, key, value, { heads });
  const attended = add(rows(x), layer(mixed, 'self_attn.out_proj', hidden, hidden ** -0.5));

  const activate = activation === 'gelu' ? gelu : quickGelu;
  const wide = layer(
    layerNormLayer(attended, weights.scope('layer_norm2'), layerNormEpsilon),
    'mlp.fc1',
    mlp,
    (2 * hidden) ** -0.5,
  );
  return add(attended, layer(activate(wide), 'mlp.fc2', hidden, branchDeviation));
}

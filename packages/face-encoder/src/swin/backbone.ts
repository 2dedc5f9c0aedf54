import {
  add,
  convolution,
  type Dim,
  fanIn,
  gelu,
  layerNormLayer,
  linearLayer,
  mul,
  normal,
  pad,
  reshape,
  slice,
  transpose,
  unsqueeze,
  type Value,
  type WeightScope,
  zeros,
} from '@nano-emox/engine';
import type { FaceEncoderConfig } from '../config';
import { convolutionStem } from './convolution-stem';
import { type MapSize, stageMaps } from './map-size';
import { INITIAL_DEVIATION, windowAttention } from './window-attention';
import { windowLayout } from './window-layout';

/** What the backbone reads of the configuration. */
export type SwinConfig = Pick<
  FaceEncoderConfig,
  | 'imageSize'
  | 'stemDepths'
  | 'patchSize'
  | 'embedDim'
  | 'depths'
  | 'heads'
  | 'windowSize'
  | 'mlpRatio'
  | 'layerNormEpsilon'
>;

/**
 * Swin transformer, version 1 (Liu et al. 2021, arXiv 2103.14030): images `[images, 3, height, width]` to the output of every stage,
 * `[images, heightₛ, widthₛ, embedDim · 2ˢ]`, each before the next patch merging and without a final norm. Weight names are the
 * children of torchvision's `features`: `0` patches, odd numbers stages, even numbers mergings.
 * @param branchScales stochastic depth as an argument, `[images, 2 · blocks]`: the factor of each residual branch of each image, attention
 *   then perceptron, block by block. 0 drops the branch, 1 / survival keeps it. Absent outside training, which is all ones.
 */
export function swinStages(
  images: Value,
  weights: WeightScope,
  config: SwinConfig,
  branchScales?: Value,
): readonly Value[] {
  const maps = stageMaps(config);
  let x = stem(images, weights.scope(0), config); // [images, height / patch, width / patch, embedDim]
  let branches = 0;
  const scaled = (branch: Value): Value => {
    if (!branchScales) return branch;
    return mul(branch, unsqueeze(unsqueeze(slice(branchScales, 1, branches, ++branches), 2), 3)); // factors [images, 1, 1, 1]
  };
  return config.depths.map((depth, stage) => {
    if (stage > 0) x = patchMerging(x, weights.scope(2 * stage), config); // [images, height / 2, width / 2, 2 · channels]
    for (let block = 0; block < depth; block++) {
      const layout = windowLayout(maps[stage] as MapSize, config.windowSize, block % 2 === 1);
      const scope = weights.scope(2 * stage + 1, block);
      const normed = layerNormLayer(x, scope.scope('norm1'), config.layerNormEpsilon);
      x = add(x, scaled(windowAttention(normed, scope.scope('attn'), config.heads[stage] as number, layout)));
      x = add(x, scaled(perceptron(x, scope, config)));
    }
    return x;
  });
}

/** Images to the first map, with layer norm over its channels. */
function stem(images: Value, weights: WeightScope, config: SwinConfig): Value {
  const { stemDepths, embedDim, layerNormEpsilon } = config;
  const map =
    stemDepths.length > 0
      ? convolutionStem(images, weights.scope('stem'), stemDepths, embedDim)
      : patches(images, weights, config); // [images, embedDim, height, width]
  return layerNormLayer(transpose(map, [0, 2, 3, 1]), weights.scope(2), layerNormEpsilon);
}

/** Convolution over disjoint patches. Pixels beyond the last whole patch are not read, as in torchvision. */
function patches(images: Value, weights: WeightScope, { patchSize, embedDim }: SwinConfig): Value {
  const kernel = weights.get('0.weight', [embedDim, 3, patchSize, patchSize], fanIn(3 * patchSize ** 2));
  const bias = weights.get('0.bias', [embedDim], fanIn(3 * patchSize ** 2));
  return convolution(images, kernel, bias, { strides: [patchSize, patchSize] });
}

/** Norm and two linear layers, per position. */
function perceptron(x: Value, weights: WeightScope, { mlpRatio, layerNormEpsilon }: SwinConfig): Value {
  const channels = x.shape[3] as number;
  const options = { initializer: normal(INITIAL_DEVIATION), biasInitializer: zeros };
  const normed = layerNormLayer(x, weights.scope('norm2'), layerNormEpsilon);
  const hidden = gelu(linearLayer(normed, weights.scope('mlp', 0), channels * mlpRatio, options));
  return linearLayer(hidden, weights.scope('mlp', 3), channels, options);
}

/** Joins 2 × 2 neighbours on the channels in torchvision's order (even row even column, odd–even, even–odd, odd–odd) and halves them. */
function patchMerging(x: Value, weights: WeightScope, { layerNormEpsilon }: SwinConfig): Value {
  const [images, height, width, channels] = x.shape as [Dim, number, number, number];
  const even = pad(x, [
    { axis: 1, before: 0, after: height % 2 },
    { axis: 2, before: 0, after: width % 2 },
  ]);
  const [rows, columns] = [Math.ceil(height / 2), Math.ceil(width / 2)];
  const squares = reshape(even, [images, rows, 2, columns, 2, channels]);
  const joined = reshape(transpose(squares, [0, 1, 3, 4, 2, 5]), [images, rows, columns, 4 * channels]);
  const normed = layerNormLayer(joined, weights.scope('norm'), layerNormEpsilon);
  return linearLayer(normed, weights.scope('reduction'), 2 * channels, {
    bias: false,
    initializer: normal(INITIAL_DEVIATION),
  });
}

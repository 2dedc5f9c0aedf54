import {
  add,
  batchNorm,
  convolution,
  normal,
  ones,
  relu,
  type Value,
  type WeightScope,
  zeros,
} from '@nano-emox/engine';

const BATCH_NORM_EPSILON = 1e-5;

/**
 * Convolutions in the place of the cut into patches: transformers without great amounts of data learn much sooner behind them
 * (Xiao et al. 2021, "Early convolutions help transformers see better", arXiv 2106.14881). Every level halves the map and adds `depths[level]`
 * further convolutions, each to its own input; channels double from level to level and reach `embedDim` at the last.
 * @param images `[images, 3, height, width]`
 * @returns `[images, embedDim, height / 2ˡᵉᵛᵉˡˢ, width / 2ˡᵉᵛᵉˡˢ]`
 */
export function convolutionStem(
  images: Value,
  weights: WeightScope,
  depths: readonly number[],
  embedDim: number,
): Value {
  let x = images;
  for (const [level, depth] of depths.entries()) {
    const scope = weights.scope(level);
    const channels = embedDim / 2 ** (depths.length - 1 - level);
    x = normedConvolution(x, scope.scope('down'), channels, 2);
    for (let layer = 0; layer < depth; layer++)
      x = add(x, normedConvolution(x, scope.scope('refine', layer), channels, 1));
  }
  return x;
}

/** 3 × 3 convolution, batch norm, rectifier. Names are those of torch's `Conv2d` and `BatchNorm2d`. */
function normedConvolution(x: Value, weights: WeightScope, channels: number, stride: number): Value {
  const inputs = x.shape[1] as number;
  const kernel = weights.get('conv.weight', [channels, inputs, 3, 3], normal(Math.sqrt(2 / (9 * inputs)))); // He et al. 2015
  const convolved = convolution(x, kernel, undefined, {
    strides: [stride, stride],
    padsBefore: [1, 1],
    padsAfter: [1, 1],
  });
  const norm = weights.scope('norm');
  const statistics = {
    scale: norm.get('weight', [channels], ones),
    bias: norm.get('bias', [channels], zeros),
    mean: norm.get('running_mean', [channels], zeros),
    variance: norm.get('running_var', [channels], ones),
  };
  return relu(batchNorm(convolved, statistics, BATCH_NORM_EPSILON));
}

import type { GradientRules } from './rule';
import { activationRules } from './rules/activation';
import { batchNormRules } from './rules/batch-norm';
import { columnConvolutionRules } from './rules/column-convolution';
import { convolutionRules } from './rules/convolution';
import { elementwiseRules } from './rules/elementwise';
import { indexingRules } from './rules/indexing';
import { matMulRules } from './rules/matmul';
import { normalizationRules } from './rules/normalization';
import { quantisedRules } from './rules/quantised';
import { reduceRules } from './rules/reduce';
import { shapeRules } from './rules/shape';

/** Every gradient rule by operation name. Operations without one are lowered first or end the path of a gradient. */
export const gradientRules: GradientRules = {
  ...elementwiseRules,
  ...reduceRules,
  ...shapeRules,
  ...matMulRules,
  ...indexingRules,
  ...convolutionRules,
  ...columnConvolutionRules,
  ...batchNormRules,
  ...normalizationRules,
  ...activationRules,
  ...quantisedRules,
};

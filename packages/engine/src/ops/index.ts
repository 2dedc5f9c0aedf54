export { gelu, quickGelu, silu } from './activation';
export {
  attentionScores,
  type DotProductOptions,
  dotProductAttention,
  mergeHeads,
  mixValues,
  multiHeadAttention,
  splitHeads,
} from './attention';
export { type BatchNormWeights, batchNorm } from './batch-norm';
export { type ConvolutionAttributes, convolution } from './convolution';
export {
  abs,
  add,
  cast,
  clamp,
  div,
  equal,
  erf,
  exp,
  greater,
  less,
  log,
  logicalAnd,
  logicalOr,
  maximum,
  minimum,
  modulo,
  mul,
  neg,
  not,
  type Operand,
  pow,
  relu,
  sigmoid,
  sqrt,
  sub,
  tanh,
  where,
} from './elementwise';
export { gather, gatherElements, scatterAddElements, scatterAddRows } from './indexing';
export { crossEntropy, IGNORED_LABEL } from './loss';
export { flattenRows, linear, matmul } from './matmul';
export { groupNorm, layerNorm, rmsNorm } from './normalization';
export { argMax, logSoftmax, max, mean, softmax, sum } from './reduce';
export {
  type AxisPadding,
  concat,
  dimValue,
  expand,
  pad,
  range,
  reshape,
  roll,
  slice,
  split,
  squeeze,
  transpose,
  unsqueeze,
  zerosLike,
} from './shape';

export type {
  Device,
  Executor,
  ExecutorSession,
  ExecutorUsage,
  LoadOptions,
  ModelSource,
  SessionRunOptions,
  SessionState,
  TensorMap,
} from './executors/executor';
export { addDims, axis, type Dim, dimsEqual, divideDims, floorDivideDim, multiplyDims, SymbolicDim, subtractDims } from './graph/dim';
export { type Graph, graphOf, topologicalNodes } from './graph/graph';
export { type AxisBindings, constant, constantOf, input, parameter, scalar } from './graph/leaves';
export type { Initializer, TensorType, Value } from './graph/value';
export { bindWeights } from './module/bind-weights';
export {
  configAxes,
  defineModule,
  type NetworkModule,
  type Specs,
  type TraceOptions,
  traceModule,
  type Values,
} from './module/define-module';
export { initializeWeights } from './module/initialize-weights';
export { type LinearOptions, layerNormLayer, linearLayer, torchAttentionLayer } from './module/layers';
export { fanIn, glorot, normal, ones, tracingScope, uniform, type WeightScope, zeros } from './module/weight-scope';
export { type WriteModelOptions, type WrittenModel, writeModel } from './onnx/write-model';

export { deriveSeed, Random } from './random';
export { gelu, quickGelu, silu } from './ops/activation';
export { type DotProductOptions, dotProductAttention, mergeHeads, multiHeadAttention, splitHeads } from './ops/attention';
export { type ConvolutionAttributes, convolution } from './ops/convolution';
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
} from './ops/elementwise';
export { gather, gatherElements, scatterAddElements, scatterAddRows } from './ops/indexing';
export { crossEntropy, IGNORED_LABEL } from './ops/loss';
export { flattenRows, linear, matmul } from './ops/matmul';
export { groupNorm, layerNorm, rmsNorm } from './ops/normalization';
export { argMax, logSoftmax, max, mean, softmax, sum } from './ops/reduce';
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
} from './ops/shape';

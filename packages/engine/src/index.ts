export type {
  Device,
  Executor,
  ExecutorSession,
  ExecutorUsage,
  Feedback,
  GraphSource,
  LoadOptions,
  ModelSource,
  OnnxSource,
  SessionRunOptions,
  SessionState,
  TensorMap,
} from './executors/executor';
export {
  addDims,
  axis,
  type Dim,
  dimsEqual,
  divideDims,
  floorDivideDim,
  multiplyDims,
  SymbolicDim,
  subtractDims,
} from './graph/dim';
export { type Graph, graphOf, topologicalNodes } from './graph/graph';
export { type AxisBindings, constant, constantOf, input, parameter, scalar } from './graph/leaves';
export { productFlops } from './graph/product-flops';
export type { Initializer, TensorType, Value } from './graph/value';
export {
  type AttentionConfig,
  type AttentionExtension,
  type AttentionParts,
  type AttentionReading,
  type AttentionSizes,
  plainAttention,
  tokenKinds,
} from './module/attention-extension';
export { bindFilledAxes } from './module/bind-filled-axes';
export { bindWeights } from './module/bind-weights';
export {
  rejectUnknownFields,
  requireChoice,
  requireDivisible,
  requirePositive,
  requireSizes,
} from './module/check-config';
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
export { type QFormerSizes, qFormer } from './module/qformer';
export { fanIn, glorot, normal, ones, tracingScope, uniform, type WeightScope, zeros } from './module/weight-scope';
export { type WriteModelOptions, type WrittenModel, writeModel } from './onnx/write-model';
export * from './ops';
export {
  type FeatureDeviation,
  featureDeviation,
  type LogitDeviation,
  logitDeviation,
} from './precision/deviation';
export { type Precision, precisions } from './precision/precision';
export { deriveSeed, Random } from './random';

export { throwIfAborted } from './abort';
export { type AskModel, type ChatContentPart, type ChatEndpointOptions, chatEndpoint } from './chat-endpoint';
export type {
  Adapter,
  Component,
  EncodedModality,
  Fused,
  FusionEncoder,
  GeneratedToken,
  LanguageModel,
  Modality,
  ModalityEncoder,
  PromptSegment,
  RunOptions,
  SamplingOptions,
  SoftTokens,
} from './components';
export { AbortedError } from './errors/aborted';
export { DataTypeMismatchError } from './errors/data-type-mismatch';
export { DeviceUnavailableError } from './errors/device-unavailable';
export { DisposedError } from './errors/disposed';
export { EndpointError } from './errors/endpoint';
export { ExecutionError } from './errors/execution';
export { InvalidArgumentError } from './errors/invalid-argument';
export { InvalidConfigError } from './errors/invalid-config';
export { InvalidFileError } from './errors/invalid-file';
export { InvalidMediaError } from './errors/invalid-media';
export { MissingDependencyError } from './errors/missing-dependency';
export { MissingFileError } from './errors/missing-file';
export { MissingModalityError } from './errors/missing-modality';
export { MissingTrackError } from './errors/missing-track';
export { type ErrorCode, type ErrorDetails, NanoEmoxError } from './errors/nano-emox-error';
export { NonFiniteError } from './errors/non-finite';
export { NotDifferentiableError } from './errors/not-differentiable';
export { ShapeMismatchError } from './errors/shape-mismatch';
export { type MisshapenWeight, WeightsMismatchError } from './errors/weights-mismatch';
export {
  allocateData,
  bytesPerElement,
  type DataType,
  elementCount,
  type FloatTensor,
  floatTensor,
  type HostTensor,
  type TensorDataMap,
} from './host-tensor';
export { type AxisSizes, type AxisSpec, bindAxes, bool, f32, i64, type TensorSpec, u8 } from './tensor-spec';

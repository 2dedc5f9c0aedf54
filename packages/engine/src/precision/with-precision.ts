import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { GraphSource, LoadOptions, ModelSource, OnnxSource } from '../executors/executor';
import { writeModel } from '../onnx/write-model';
import type { Precision } from './precision';
import { quantiseGraph } from './quantise-graph';

/** A graph as it is written at a precision; `float16` is a matter of writing it, see `WriteModelOptions.floatType`. */
export function atPrecision(source: GraphSource, precision: Precision): GraphSource {
  return precision === 'int8' || precision === 'int4' ? quantiseGraph(source, precision) : source;
}

/** Refuses another precision for an ONNX file, which is what it is. @throws InvalidArgumentError */
export function requireUnquantised({ name, precision = 'float32' }: LoadOptions): void {
  if (precision === 'float32') return;
  throw new InvalidArgumentError({
    message: `${name}: an ONNX model has the precision it was written with, ${precision} cannot be chosen`,
    hint: 'Load { graph, weights }, or leave precision out.',
    argument: 'precision',
  });
}

/** The model as ONNX in one message, for runtimes without a disk. */
export function onnxBytes(source: ModelSource, options: LoadOptions): OnnxSource {
  if (!('graph' in source)) {
    requireUnquantised(options);
    return source;
  }
  const { precision = 'float32' } = options;
  const { graph, weights } = atPrecision(source, precision);
  return { bytes: writeModel(graph, { weights, ...(precision === 'float16' && { floatType: 'float16' }) }).model };
}

/** float16 is for GPUs: the CPU kernels compute in float32 and would only convert. @throws InvalidArgumentError */
export function requireGpuFor(device: string, { name, precision }: LoadOptions): void {
  if (precision !== 'float16' || device === 'cuda' || device === 'webgpu') return;
  throw new InvalidArgumentError({
    message: `${name}: precision float16 on device ${device}, which computes in float32 and would only convert`,
    hint: "Use 'int8' on a processor, or device 'cuda' or 'webgpu'.",
    argument: 'precision',
  });
}

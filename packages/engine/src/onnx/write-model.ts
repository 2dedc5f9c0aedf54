import type { HostTensor } from '@nano-emox/tensor-contract';
import type { Graph } from '../graph/graph';
import { lowerComposites } from '../graph/rewrite';
import type { Value } from '../graph/value';
import { bindWeights } from '../module/bind-weights';
import { GraphEmitter } from './graph-emitter';
import { toHalf } from './half-tensor';
import { encodeModel, onnxTypes, type TensorMessage } from './schema';

/** ONNX operator set: the newest one whose operators the CPU provider of onnxruntime 1.30 implements in full. */
const OPERATOR_SET = 18;
const IR_VERSION = 10;

/** Weights above this size leave the protobuf, whose messages end at 2 GiB, for a file beside it. */
export const EXTERNAL_DATA_THRESHOLD_BYTES = 1024 * 1024 * 1024;
/** Tensors below this size stay inside the graph, where the runtime can fold them. */
const SMALL_TENSOR_BYTES = 1024;
/** Alignment of tensors in the external file, so that they can be memory-mapped. */
const EXTERNAL_ALIGNMENT_BYTES = 4096;

export interface WriteModelOptions {
  /** Values of the parameters that become part of the model. */
  readonly weights: ReadonlyMap<string, HostTensor>;
  /** Parameters that stay inputs of the model, as in a training step. */
  readonly freeParameters?: ReadonlySet<string>;
  /** File name of the weights beside the graph; absent: everything in one message. */
  readonly externalDataFile?: string;
  /** Type in which float32 values are computed and kept; inputs and outputs stay float32. @default 'float32' */
  readonly floatType?: 'float32' | 'float16';
}

/** A model as bytes, and what belongs in the file beside it. */
export interface WrittenModel {
  readonly model: Uint8Array;
  /** Tensors and their offsets in the external file, in rising order. */
  readonly external: readonly { readonly offsetBytes: number; readonly data: Uint8Array }[];
}

const bytesOf = ({ data }: HostTensor): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Writes `graph` as an ONNX model. @throws WeightsMismatchError listing every missing and mis-shaped weight */
export function writeModel(traced: Graph, options: WriteModelOptions): WrittenModel {
  const { weights, freeParameters = new Set<string>(), externalDataFile, floatType = 'float32' } = options;
  const outputs = lowerComposites(traced.outputs, ({ op }) => !op.emit);
  const graph: Graph = { ...traced, outputs };
  const baked = [...graph.parameters].filter(([name]) => !freeParameters.has(name));
  bindWeights('writeModel', { ...graph, parameters: new Map(baked) }, weights, () => true);

  const emitter = new GraphEmitter(graph, floatType);
  emitter.emitAll();
  const tensors: [string, HostTensor][] = [...emitter.constants];
  const stored = (tensor: HostTensor) => (floatType === 'float16' ? toHalf(tensor) : tensor);
  for (const [name] of baked) tensors.push([name, stored(weights.get(name) as HostTensor)]);

  const external: { offsetBytes: number; data: Uint8Array }[] = [];
  let offsetBytes = 0;
  const initializer = tensors.map(([name, tensor]): TensorMessage => {
    const data = bytesOf(tensor);
    const message = { name, dims: tensor.dims, dataType: onnxTypes[tensor.type] };
    if (externalDataFile === undefined || data.byteLength < SMALL_TENSOR_BYTES) return { ...message, rawData: data };
    external.push({ offsetBytes, data });
    const entry = { location: externalDataFile, offset: String(offsetBytes), length: String(data.byteLength) };
    offsetBytes += Math.ceil(data.byteLength / EXTERNAL_ALIGNMENT_BYTES) * EXTERNAL_ALIGNMENT_BYTES;
    return { ...message, dataLocation: 1, externalData: Object.entries(entry).map(([key, value]) => ({ key, value })) };
  });

  const free = [...graph.parameters].filter(([name]) => freeParameters.has(name));
  const message = {
    irVersion: IR_VERSION,
    producerName: 'nano-emox',
    opsetImport: [
      { domain: '', version: OPERATOR_SET },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: 'graph',
      node: emitter.nodes.map((node, index) => ({ ...node, name: `${node.opType}_${index}` })),
      input: [...graph.inputs, ...free].map(valueInfo),
      output: [...graph.outputs].map(valueInfo),
      initializer,
    },
  };
  return { model: encodeModel(message), external };
}

function valueInfo([name, value]: readonly [string, Value]): object {
  const dim = value.shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size.key }));
  return { name, type: { tensorType: { elemType: onnxTypes[value.type], shape: { dim } } } };
}

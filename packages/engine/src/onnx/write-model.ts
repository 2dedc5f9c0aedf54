import { bytesPerElement, elementCount, type HostTensor } from '@nano-emox/tensor-contract';
import type { Graph } from '../graph/graph';
import { lowerComposites } from '../graph/rewrite';
import type { Value } from '../graph/value';
import { bindWeights } from '../module/bind-weights';
import { GraphEmitter } from './graph-emitter';
import { toHalf } from './half-tensor';
import { encodeModel, type NodeMessage, onnxTypes, type TensorMessage } from './schema';

/** ONNX operator set: the newest one whose operators the CPU provider of onnxruntime 1.30 implements in full. */
const OPERATOR_SET = 18;
const IR_VERSION = 10;

/**
 * Weights above this size leave the model, as bytes in memory, for a file beside it: they are written once, found again and mapped
 * into memory. (Messages of protobuf end at 2 GiB.)
 */
export const EXTERNAL_DATA_THRESHOLD_BYTES = 64 * 1024 * 1024;
/** Constants of the graph below this size stay inside it, where the runtime can fold them. */
const SMALL_CONSTANT_BYTES = 1024;
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
  /** Tensors of the external file, all weights among them, in rising order of their offsets. */
  readonly external: readonly ExternalTensor[];
}

/** A tensor in the file beside the graph. */
export interface ExternalTensor {
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  /** Made when it is read, each time: read it once, and one after the other. */
  readonly data: Uint8Array;
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
  for (const [name] of baked) tensors.push([name, weights.get(name) as HostTensor]);

  const external: ExternalTensor[] = [];
  const { nodes, namesOf } =
    externalDataFile === undefined
      ? { nodes: emitter.nodes }
      : namedByReaders(emitter.nodes, new Set(baked.map(([name]) => name)));
  let offsetBytes = 0;
  const initializer = tensors.flatMap(([name, tensor]): TensorMessage[] => {
    const type = floatType === 'float16' && tensor.type === 'float32' ? 'float16' : tensor.type;
    const sizeBytes = elementCount(tensor.dims) * bytesPerElement(type);
    const bytes = () => bytesOf(floatType === 'float16' ? toHalf(tensor) : tensor);
    const message = { dims: tensor.dims, dataType: onnxTypes[type] };
    const isSmall = emitter.constants.has(name) && sizeBytes < SMALL_CONSTANT_BYTES;
    if (externalDataFile === undefined || isSmall) return [{ ...message, name, rawData: bytes() }];
    external.push({
      offsetBytes,
      sizeBytes,
      get data() {
        return bytes();
      },
    });
    const entry = { location: externalDataFile, offset: String(offsetBytes), length: String(sizeBytes) };
    offsetBytes += Math.ceil(sizeBytes / EXTERNAL_ALIGNMENT_BYTES) * EXTERNAL_ALIGNMENT_BYTES;
    const externalData = Object.entries(entry).map(([key, value]) => ({ key, value }));
    const names = namesOf?.get(name) ?? [name];
    return names.map((alias) => ({ ...message, name: alias, dataLocation: 1, externalData }));
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
      node: nodes.map((node, index) => ({ ...node, name: `${node.opType}_${index}` })),
      input: [...graph.inputs, ...free].map(valueInfo),
      output: [...graph.outputs].map(valueInfo),
      initializer,
    },
  };
  return { model: encodeModel(message), external };
}

/**
 * Each node that reads a weight has a name of its own for it; all names stand for the same bytes of the file. Under one name a runtime that
 * has packed a matrix for one node keeps all of the original for another, which may look up a few of its rows: the embedding table.
 */
function namedByReaders(
  nodes: readonly NodeMessage[],
  weights: ReadonlySet<string>,
): { nodes: readonly NodeMessage[]; namesOf: ReadonlyMap<string, readonly string[]> } {
  const namesOf = new Map<string, string[]>();
  const renamed = nodes.map((node): NodeMessage => {
    const input = node.input.map((name) => {
      if (!weights.has(name)) return name;
      const names = namesOf.get(name) ?? [];
      const own = names.length === 0 ? name : `${name}#${names.length + 1}`;
      namesOf.set(name, [...names, own]);
      return own;
    });
    return { ...node, input };
  });
  return { nodes: renamed, namesOf };
}

function valueInfo([name, value]: readonly [string, Value]): object {
  const dim = value.shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size.key }));
  return { name, type: { tensorType: { elemType: onnxTypes[value.type], shape: { dim } } } };
}

import type { Dim } from './dim';
import { type Attributes, type GraphNode, makeValue, type TensorType, type Value } from './value';

/** Writes one node of the target format; implemented by the ONNX writer. Returns the names of the outputs. */
export interface Emitter {
  /** Name of a graph value. */
  name(value: Value): string;
  /** Adds a node and returns the names of its `outputCount` outputs. */
  node(
    type: string,
    inputs: readonly string[],
    attributes?: Attributes,
    options?: { domain?: string; outputs?: readonly string[] },
  ): string;
  /** int64 vector of sizes that may depend on the run. */
  sizes(dims: readonly Dim[]): string;
  integers(values: readonly number[]): string;
  scalar(value: number, type: 'float32' | 'float64' | 'int64' | 'uint8'): string;
  /** Whether anybody reads this value. */
  used(value: Value): boolean;
}

/** One operation of the vocabulary: shape rule, lowering, and how it is written as ONNX. Gradients are in `autodiff/`. */
export interface Operation {
  readonly name: string;
  /** Types of the outputs; throws with axis names when the inputs do not fit. */
  infer(inputs: readonly Value[], attributes: Attributes): readonly TensorType[];
  /** The same meaning in simpler operations. */
  lower?(inputs: readonly Value[], attributes: Attributes): readonly Value[];
  /** Writes the node; `outputs` are the names to produce. Absent: the operation must be lowered first. */
  emit?(emitter: Emitter, node: GraphNode, outputs: readonly string[]): void;
}

/** Applies an operation to values. */
export function applyOperation(
  operation: Operation,
  inputs: readonly Value[],
  attributes: Attributes = {},
): readonly Value[] {
  const node: GraphNode = { op: operation, inputs, attributes, outputs: [] };
  node.outputs = operation
    .infer(inputs, attributes)
    .map((type, index) => makeValue(type, { kind: 'node', node, index }));
  return node.outputs;
}

/** Applies an operation of one output. */
export function apply(operation: Operation, inputs: readonly Value[], attributes: Attributes = {}): Value {
  return applyOperation(operation, inputs, attributes)[0] as Value;
}

/** The same operation on other inputs. */
export function rebuildNode(node: GraphNode, inputs: readonly Value[]): GraphNode {
  const [output] = applyOperation(node.op, inputs, node.attributes);
  if (output?.origin.kind !== 'node') throw new RangeError(`operation ${node.op.name} has no outputs`);
  return output.origin.node;
}

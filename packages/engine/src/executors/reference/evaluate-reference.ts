import {
  DataTypeMismatchError,
  ExecutionError,
  type HostTensor,
  InvalidArgumentError,
} from '@nano-emox/tensor-contract';
import { type Dim, evaluateDim } from '../../graph/dim';
import { type Graph, leavesOf, topologicalNodes } from '../../graph/graph';
import { lowerComposites } from '../../graph/rewrite';
import type { GraphNode, Value } from '../../graph/value';
import { bindSizes, leafName } from '../shared/bind-sizes';
import { productOf } from '../shared/strides';
import { kernels } from './kernels';
import { fromHost, type NumericTensor, toHost } from './numeric-tensor';

type Tensors = Readonly<Record<string, HostTensor>> | ReadonlyMap<string, HostTensor>;

/** What a graph is evaluated on. */
export interface ReferenceFeeds {
  /** Graph inputs by name; a float32 input also takes float64 elements. */
  readonly inputs?: Tensors;
  /** Parameters by name; a float32 parameter also takes float64 elements. */
  readonly parameters?: Tensors;
  /** Element type of floating-point results. @default the type each value has in the graph */
  readonly floatType?: 'float32' | 'float64';
}

const where = 'evaluateReference';

function find(tensors: Tensors | undefined, name: string): HostTensor | undefined {
  if (tensors === undefined) return undefined;
  return tensors instanceof Map ? tensors.get(name) : (tensors as Readonly<Record<string, HostTensor>>)[name];
}

/** The tensor fed for an input or parameter, or the constant itself. */
function leafTensor({ origin, type }: Value, feeds: ReferenceFeeds): HostTensor {
  if (origin.kind === 'constant') return origin.tensor;
  if (origin.kind === 'node') throw new RangeError('a node is not a leaf');
  const fed = find(origin.kind === 'input' ? feeds.inputs : feeds.parameters, origin.name);
  if (!fed) {
    throw new InvalidArgumentError({
      message: `${where}: ${origin.kind} ${origin.name} was not given`,
      hint: `Pass it in ${origin.kind}s.`,
      argument: `${origin.kind}s`,
    });
  }
  if (fed.type !== type && !(type === 'float32' && fed.type === 'float64')) {
    throw new DataTypeMismatchError({
      message: `${where}: ${origin.kind} ${origin.name} is ${fed.type}, expected ${type}`,
      hint: `Convert it to ${type}.`,
      expected: type,
      received: fed.type,
    });
  }
  return fed;
}

/** Runs one node on evaluated inputs. */
function runNode(node: GraphNode, inputs: readonly NumericTensor[], sizes: ReadonlyMap<string, number>) {
  const kernel = kernels[node.op.name];
  if (!kernel) {
    throw new ExecutionError({
      message: `${where}: the operation ${node.op.name} has neither a kernel nor a lowering`,
      hint: 'Add a kernel to executors/reference, or evaluate the part of the graph before it.',
    });
  }
  const size = (dim: Dim) => evaluateDim(dim, sizes);
  const outputs = node.outputs.map(({ type, shape }) => ({ type, dims: shape.map(size) }));
  const results = kernel({ inputs, outputs, attributes: node.attributes, size });
  return outputs.map(({ dims }, index): NumericTensor => {
    const data = results[index];
    if (data?.length !== productOf(dims)) {
      throw new RangeError(`${node.op.name}: ${data?.length} elements for output ${index} of [${dims}]`);
    }
    return { dims, data };
  });
}

/**
 * Evaluates a graph in float64, one plain loop per operation: the independent meaning of the vocabulary, against which
 * gradients and runtimes are checked. Slow. Constants keep the precision of their own type. Sizes of named axes come from
 * the inputs. Results belong to the caller.
 * @param graph a graph, or output values by name
 * @throws InvalidArgumentError for a missing input or parameter
 * @throws ShapeMismatchError, DataTypeMismatchError for one that does not fit
 */
export function evaluateReference(
  graph: Graph | ReadonlyMap<string, Value>,
  feeds: ReferenceFeeds = {},
): Map<string, HostTensor> {
  const requested = 'outputs' in graph ? graph.outputs : graph;
  const outputs = lowerComposites(requested, ({ op }) => !(op.name in kernels));
  const leaves = new Map(leavesOf(outputs.values()).map((leaf) => [leaf, leafTensor(leaf, feeds)]));
  const sizes = bindSizes(where, leaves);
  const known = new Map<Value, NumericTensor>();
  for (const [leaf, tensor] of leaves) known.set(leaf, fromHost(tensor, leafName(leaf)));
  const read = (value: Value): NumericTensor => known.get(value) as NumericTensor;
  for (const node of topologicalNodes(outputs.values())) {
    runNode(node, node.inputs.map(read), sizes).forEach((tensor, index) => {
      known.set(node.outputs[index] as Value, tensor);
    });
  }
  const { floatType } = feeds;
  return new Map(
    [...outputs].map(([name, value]) => {
      const isFloat = value.type === 'float32' || value.type === 'float64';
      return [name, toHost(read(value), isFloat ? (floatType ?? value.type) : value.type)];
    }),
  );
}

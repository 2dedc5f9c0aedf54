import { ExecutionError, InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { Tensor } from '@tensorflow/tfjs-core';
import { leavesOf, topologicalNodes } from '../../graph/graph';
import { lowerComposites } from '../../graph/rewrite';
import type { GraphNode, Value } from '../../graph/value';
import { bindWeights } from '../../module/bind-weights';
import type { GraphSource } from '../executor';
import { leafName } from '../shared/bind-sizes';
import type { InputSpec } from '../shared/check-inputs';
import { deviceType, toDevice } from './device-tensor';
import type { TensorFlow } from './kernel';
import { kernels } from './kernels';

/** Nodes to run for some outputs, in order, and what nobody reads after each of them. */
export interface Plan {
  readonly outputs: ReadonlyMap<string, Value>;
  readonly steps: readonly { readonly node: GraphNode; readonly released: readonly Value[] }[];
}

/** A graph on TensorFlow.js: composites lowered to what has a kernel, parameters and constants on the device. */
export class CompiledGraph {
  private readonly plans = new Map<string, Plan>();

  private constructor(
    readonly inputs: ReadonlyMap<string, Value>,
    readonly specs: ReadonlyMap<string, InputSpec>,
    private readonly outputs: ReadonlyMap<string, Value>,
    /** Parameters and constants; owned. */
    readonly tensors: ReadonlyMap<Value, Tensor>,
  ) {}

  /** @throws WeightsMismatchError, DataTypeMismatchError, ExecutionError */
  static create(tf: TensorFlow, name: string, { graph, weights }: GraphSource): CompiledGraph {
    const bound = bindWeights(name, graph, weights, () => true);
    const outputs = lowerComposites(graph.outputs, ({ op }) => !(op.name in kernels));
    for (const node of topologicalNodes(outputs.values())) requireKernel(name, node);
    const tensors = new Map<Value, Tensor>();
    try {
      for (const leaf of leavesOf(outputs.values())) {
        const { origin } = leaf;
        const tensor = origin.kind === 'constant' ? origin.tensor : bound.get(leafName(leaf));
        if (origin.kind !== 'input' && tensor) tensors.set(leaf, toDevice(tf, tensor, `${name}: ${leafName(leaf)}`));
      }
    } catch (error) {
      for (const tensor of tensors.values()) tensor.dispose();
      throw error;
    }
    return new CompiledGraph(graph.inputs, specsOf(graph.inputs), outputs, tensors);
  }

  /** Names of all outputs. */
  get outputNames(): string[] {
    return [...this.outputs.keys()];
  }

  /** What to run for the outputs called `names`. @throws InvalidArgumentError */
  planFor(names: readonly string[]): Plan {
    const key = names.join('\n');
    const plan = this.plans.get(key) ?? planOf(this.pick(names));
    this.plans.set(key, plan);
    return plan;
  }

  dispose(): void {
    for (const tensor of this.tensors.values()) tensor.dispose();
  }

  private pick(names: readonly string[]): Map<string, Value> {
    return new Map(
      names.map((name) => {
        const value = this.outputs.get(name);
        if (value) return [name, value];
        throw new InvalidArgumentError({
          message: `there is no output ${name}`,
          hint: `The outputs are [${this.outputNames}].`,
          argument: 'outputs',
        });
      }),
    );
  }
}

function requireKernel(name: string, { op, outputs }: GraphNode): void {
  for (const { type } of outputs) deviceType(type, `${name}: a result of ${op.name}`);
  if (op.name in kernels) return;
  throw new ExecutionError({
    message: `${name}: the operation ${op.name} has neither a TensorFlow.js kernel nor a lowering`,
    hint: 'Add a kernel to executors/tensorflow, or use another device.',
  });
}

const specsOf = (inputs: ReadonlyMap<string, Value>): Map<string, InputSpec> =>
  new Map(
    [...inputs].map(([name, { type, shape }]) => [
      name,
      { type, shape: shape.map((dim) => (typeof dim === 'number' ? dim : dim.key)) },
    ]),
  );

function planOf(outputs: ReadonlyMap<string, Value>): Plan {
  const nodes = topologicalNodes(outputs.values());
  const wanted = new Set(outputs.values());
  const lastReader = new Map<Value, number>();
  nodes.forEach((node, index) => {
    // A result that nobody reads goes with the node that made it.
    for (const value of [...node.inputs, ...node.outputs]) {
      if (value.origin.kind === 'node' && !wanted.has(value)) lastReader.set(value, index);
    }
  });
  const released = nodes.map((): Value[] => []);
  for (const [value, index] of lastReader) released[index]?.push(value);
  return { outputs, steps: nodes.map((node, index) => ({ node, released: released[index] as Value[] })) };
}

import type { GraphNode, Value } from './value';

/** A traced network: named inputs, parameters and outputs. The nodes are whatever the outputs reach. */
export interface Graph {
  readonly inputs: ReadonlyMap<string, Value>;
  readonly parameters: ReadonlyMap<string, Value>;
  readonly outputs: ReadonlyMap<string, Value>;
}

/** Nodes that `outputs` need, each after the nodes it reads. Iterative, so depth is bounded by memory only. */
export function topologicalNodes(outputs: Iterable<Value>): GraphNode[] {
  const order: GraphNode[] = [];
  const done = new Set<GraphNode>();
  const stack: { node: GraphNode; next: number }[] = [];
  const push = (value: Value) => {
    if (value.origin.kind === 'node' && !done.has(value.origin.node)) {
      done.add(value.origin.node);
      stack.push({ node: value.origin.node, next: 0 });
    }
  };
  for (const output of outputs) {
    push(output);
    while (stack.length > 0) {
      const top = stack[stack.length - 1] as { node: GraphNode; next: number };
      const input = top.node.inputs[top.next++];
      if (input) push(input);
      else {
        order.push(top.node);
        stack.pop();
      }
    }
  }
  return order;
}

/** Inputs, parameters and constants that `outputs` reach. */
export function leavesOf(outputs: Iterable<Value>): Value[] {
  const roots = [...outputs];
  const leaves = new Map<number, Value>();
  const visit = (value: Value) => {
    if (value.origin.kind !== 'node') leaves.set(value.id, value);
  };
  roots.forEach(visit);
  for (const node of topologicalNodes(roots)) node.inputs.forEach(visit);
  return [...leaves.values()];
}

/** Builds a {@link Graph} from its outputs: inputs and parameters are found by walking back. */
export function graphOf(outputs: Readonly<Record<string, Value>> | ReadonlyMap<string, Value>): Graph {
  const named = outputs instanceof Map ? (outputs as ReadonlyMap<string, Value>) : new Map(Object.entries(outputs));
  const inputs = new Map<string, Value>();
  const parameters = new Map<string, Value>();
  for (const leaf of leavesOf(named.values())) {
    if (leaf.origin.kind === 'input') inputs.set(leaf.origin.name, leaf);
    if (leaf.origin.kind === 'parameter') parameters.set(leaf.origin.name, leaf);
  }
  return { inputs, parameters, outputs: named };
}

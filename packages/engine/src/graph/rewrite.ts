import { topologicalNodes } from './graph';
import { rebuildNode } from './operation';
import type { GraphNode, Value } from './value';

/** Replacement of a node's outputs, given its already rewritten inputs; `undefined` keeps the operation. */
export type NodeRewriter = (node: GraphNode, inputs: readonly Value[]) => readonly Value[] | undefined;

/** Rebuilds the graph under `outputs`, letting `rewrite` replace nodes and `leaves` replace inputs, parameters or constants. */
export function rewriteGraph(
  outputs: ReadonlyMap<string, Value>,
  rewrite: NodeRewriter,
  leaves: ReadonlyMap<Value, Value> = new Map(),
): Map<string, Value> {
  const replaced = new Map<Value, Value>(leaves);
  const current = (value: Value): Value => replaced.get(value) ?? value;
  for (const node of topologicalNodes(outputs.values())) {
    const inputs = node.inputs.map(current);
    const unchanged = inputs.every((input, index) => input === node.inputs[index]);
    const results = rewrite(node, inputs) ?? (unchanged ? undefined : rebuildNode(node, inputs).outputs);
    results?.forEach((result, index) => {
      replaced.set(node.outputs[index] as Value, result);
    });
  }
  return new Map([...outputs].map(([name, value]) => [name, current(value)]));
}

/** Replaces composite operations by their primitives wherever `where` says so, also inside the primitives. */
export function lowerComposites(
  outputs: ReadonlyMap<string, Value>,
  where: (node: GraphNode) => boolean,
): ReadonlyMap<string, Value> {
  let current = outputs;
  for (;;) {
    let lowered = false;
    current = rewriteGraph(current, (node, inputs) => {
      const { lower } = node.op;
      if (!lower || !where(node)) return undefined;
      lowered = true;
      return lower(inputs, node.attributes);
    });
    if (!lowered) return current;
  }
}

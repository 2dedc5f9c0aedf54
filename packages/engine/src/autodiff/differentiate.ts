import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { topologicalNodes } from '../graph/graph';
import { constantOf } from '../graph/leaves';
import { rewriteGraph } from '../graph/rewrite';
import { describeAxes, type GraphNode, type Value } from '../graph/value';
import { add } from '../ops/elementwise';
import { zerosLike } from '../ops/shape';
import { gradientRules } from './gradient-rules';
import { notDifferentiable } from './rule';

const isFloat = ({ type }: Value): boolean => type === 'float32' || type === 'float64';

/** `roots` and every floating-point value computed from them. Integers and truth values carry no gradient and end a path. */
export function dependentValues(nodes: readonly GraphNode[], roots: readonly Value[]): ReadonlySet<Value> {
  const dependent = new Set(roots);
  for (const { inputs, outputs } of nodes) {
    if (!inputs.some((input) => dependent.has(input))) continue;
    for (const output of outputs) if (isFloat(output)) dependent.add(output);
  }
  return dependent;
}

function requireScalarLoss(loss: Value): void {
  if (isFloat(loss) && loss.shape.every((dim) => dim === 1)) return;
  throw new InvalidArgumentError({
    message: `gradientsOf: the loss is ${loss.type} [${describeAxes(loss).join(', ')}], expected one floating-point number`,
    hint: 'Reduce it with sum or mean.',
    argument: 'loss',
  });
}

/** Gradients of the inputs of `node`, `undefined` where none is wanted. */
function backward(node: GraphNode, gradients: ReadonlyMap<Value, Value>, dependent: ReadonlySet<Value>) {
  const { op, inputs, outputs, attributes } = node;
  const rule = gradientRules[op.name];
  if (!rule) throw notDifferentiable(op.name);
  const wanted = inputs.map((input) => dependent.has(input));
  return rule({ inputs, outputs, attributes, wanted, outputGradients: outputs.map((output) => gradients.get(output)) });
}

/**
 * Gradient of a scalar `loss` in each of `wrt`, as values of the same types and shapes: graph to graph, reverse mode.
 * Only nodes on a path from `wrt` to the loss get gradient nodes, so what stays frozen costs nothing. A value that does not
 * influence the loss gets zeros. Composite operations must be lowered first, see {@link prepareForDifferentiation}.
 * @param loss one floating-point number, of rank 0 or with axes of size 1
 * @param wrt floating-point inputs, parameters or values inside the graph
 * @throws NotDifferentiableError when an operation on such a path has no gradient rule
 * @throws InvalidArgumentError when `loss` is not one floating-point number
 */
export function gradientsOf(loss: Value, wrt: readonly Value[]): Value[] {
  requireScalarLoss(loss);
  const nodes = topologicalNodes([loss]);
  const dependent = dependentValues(nodes, wrt);
  const gradients = new Map<Value, Value>([[loss, constantOf([1], loss.shape as number[], loss.type)]]);
  for (const node of nodes.reverse()) {
    const isReached = node.outputs.some((output) => gradients.has(output));
    if (!isReached || !node.inputs.some((input) => dependent.has(input))) continue;
    backward(node, gradients, dependent).forEach((gradient, index) => {
      const input = node.inputs[index] as Value;
      if (!gradient || !dependent.has(input)) return;
      const sum = gradients.get(input);
      gradients.set(input, sum ? add(sum, gradient) : gradient);
    });
  }
  return wrt.map((value) => gradients.get(value) ?? zerosLike(value));
}

/**
 * The same outputs with those composite operations lowered that have no gradient rule of their own. Where `wrt` is given,
 * only those on a path from it are: the frozen part of a model keeps its fused operations.
 */
export function prepareForDifferentiation(
  outputs: ReadonlyMap<string, Value>,
  wrt?: readonly Value[],
): ReadonlyMap<string, Value> {
  let current = outputs;
  for (;;) {
    const nodes = topologicalNodes(current.values());
    const dependent = wrt && dependentValues(nodes, wrt);
    const pending = new Set(
      nodes.filter(
        ({ op, inputs }) =>
          op.lower && !(op.name in gradientRules) && (!dependent || inputs.some((input) => dependent.has(input))),
      ),
    );
    if (pending.size === 0) return current;
    current = rewriteGraph(current, (node, inputs) =>
      pending.has(node) ? node.op.lower?.(inputs, node.attributes) : undefined,
    );
  }
}

import { type Graph, topologicalNodes, type Value } from '@nano-emox/engine';
import { adamWDefaults, buildTrainingGraph } from '@nano-emox/engine/training';

const sizeOf = ({ shape }: Value): number => (shape as number[]).reduce((product, size) => product * size, 1);

/**
 * Multiplications and additions of the matrix products of one training step.
 * @param graph forward graph with all sizes known
 */
export function trainingFlops(graph: Graph, isTrained: (name: string) => boolean): number {
  const groupOf = (name: string) => (isTrained(name) ? 'all' : undefined);
  const step = buildTrainingGraph(graph, { groupOf, optimizer: adamWDefaults });
  const nodes = topologicalNodes(step.graph.outputs.values());
  return nodes.reduce((total, { op, inputs, outputs, attributes }) => {
    const [left] = inputs as [Value];
    const [result] = outputs as [Value];
    if (op.name === 'Linear') return total + 2 * sizeOf(result) * (left.shape.at(-1) as number);
    if (op.name === 'MatMul')
      return total + 2 * sizeOf(result) * (left.shape.at(attributes.transposeA ? -2 : -1) as number);
    return total;
  }, 0);
}

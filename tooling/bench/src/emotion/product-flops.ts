import { type Graph, topologicalNodes, type Value } from '@nano-emox/engine';
import { adamWDefaults, buildTrainingGraph } from '@nano-emox/engine/training';

const sizeOf = ({ shape }: Value): number => (shape as number[]).reduce((product, size) => product * size, 1);

/**
 * Multiplications and additions of the matrix products of a graph.
 * @param graph graph with all sizes known
 */
export function productFlops({ outputs }: Pick<Graph, 'outputs'>): number {
  return topologicalNodes(outputs.values()).reduce((total, { op, inputs, outputs: results, attributes }) => {
    const [left, right] = inputs as [Value, Value];
    const [result] = results as [Value];
    if (op.name === 'Linear') return total + 2 * sizeOf(result) * (left.shape.at(-1) as number);
    if (op.name === 'MatMul')
      return total + 2 * sizeOf(result) * (left.shape.at(attributes.transposeA ? -2 : -1) as number);
    // Scores and mixed values: each query meets each key over the whole width, twice.
    if (op.name === 'Attention') return total + 4 * sizeOf(result) * (right.shape.at(-2) as number);
    return total;
  }, 0);
}

/**
 * The same of one training step.
 * @param graph forward graph with all sizes known
 */
export function trainingFlops(graph: Graph, isTrained: (name: string) => boolean): number {
  const groupOf = (name: string) => (isTrained(name) ? 'all' : undefined);
  return productFlops(buildTrainingGraph(graph, { groupOf, optimizer: adamWDefaults }).graph);
}

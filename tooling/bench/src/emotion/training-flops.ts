import { type Graph, productFlops } from '@nano-emox/engine';
import { adamWDefaults, buildTrainingGraph } from '@nano-emox/engine/training';

/**
 * Multiplications and additions of the products of one training step.
 * @param graph forward graph with all sizes known
 */
export function trainingFlops(graph: Graph, isTrained: (name: string) => boolean): number {
  const groupOf = (name: string) => (isTrained(name) ? 'all' : undefined);
  return productFlops(buildTrainingGraph(graph, { groupOf, optimizer: adamWDefaults }).graph);
}

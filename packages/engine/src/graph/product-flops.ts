import { type Graph, topologicalNodes } from './graph';
import type { Value } from './value';

const sizeOf = (shape: Value['shape']): number => (shape as number[]).reduce((product, size) => product * size, 1);

/**
 * Multiplications and additions of the products of a graph: matrices, convolutions, attention. What else a network does is
 * little beside them.
 * @param graph graph with all sizes known
 */
export function productFlops({ outputs }: Pick<Graph, 'outputs'>): number {
  return topologicalNodes(outputs.values()).reduce((total, { op, inputs, outputs: results, attributes }) => {
    const [left, right] = inputs as [Value, Value];
    const doubled = 2 * sizeOf((results[0] as Value).shape); // one multiplication and one addition for each term
    switch (op.name) {
      case 'Linear':
        return total + doubled * (left.shape.at(-1) as number);
      case 'MatMul':
        return total + doubled * (left.shape.at(attributes.transposeA ? -2 : -1) as number);
      case 'Conv':
        return total + doubled * sizeOf(right.shape.slice(1)); // [filters, channels, ...kernel]
      case 'ConvTranspose':
        return total + 2 * sizeOf(left.shape) * sizeOf(right.shape.slice(1));
      case 'ColumnConvolution':
        return total + doubled * (right.shape.at(-1) as number);
      case 'Attention':
        return total + 2 * doubled * (right.shape.at(-2) as number); // scores and mixed values: each query meets each key over the whole width, twice
      default:
        return total;
    }
  }, 0);
}

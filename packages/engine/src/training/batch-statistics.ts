import { type FloatTensor, type HostTensor, InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { Executor, TensorMap } from '../executors/executor';
import { type Graph, graphOf } from '../graph/graph';
import { rewriteGraph } from '../graph/rewrite';
import type { Value } from '../graph/value';
import { batchNormOp, batchStatisticsNorm } from '../ops/batch-norm';

/** A graph whose batch norms use the batch they see. */
export interface BatchStatisticsGraph {
  readonly graph: Graph;
  /** Statistics of the batch, by the name of the weight that holds the measured ones; each `[channels]`. */
  readonly statistics: ReadonlyMap<string, Value>;
}

/**
 * The training form of a graph with batch norms: every norm takes mean and variance from its batch, and the measured ones are no
 * parameters any more. A graph without batch norms comes back as it is.
 * @throws InvalidArgumentError when measured statistics are computed instead of stored
 */
export function withBatchStatistics(graph: Graph): BatchStatisticsGraph {
  const statistics = new Map<string, Value>();
  const outputs = rewriteGraph(graph.outputs, (node, inputs) => {
    if (node.op !== batchNormOp) return undefined;
    const [x, scale, bias, storedMean, storedVariance] = inputs as [Value, Value, Value, Value, Value];
    const [y, mean, variance] = batchStatisticsNorm(x, { scale, bias }, node.attributes.epsilon as number);
    statistics.set(parameterName(storedMean), mean);
    statistics.set(parameterName(storedVariance), variance);
    return [y];
  });
  if (statistics.size === 0) return { graph, statistics };
  // Inputs that only a replaced part read would be missed by a walk from the outputs; all that were declared stay.
  return { graph: { ...graphOf(outputs), inputs: graph.inputs }, statistics };
}

/**
 * Measures the statistics of every batch norm of `graph` over some batches with the weights as they are, which gives better ones than
 * an average that runs along with training (Wu & Johnson 2021, arXiv 2105.07576).
 * @returns the tensors to put among the weights, by name; empty for a graph without batch norms
 */
export async function measureBatchStatistics(
  graph: Graph,
  weights: ReadonlyMap<string, HostTensor>,
  batches: Iterable<TensorMap> | AsyncIterable<TensorMap>,
  executor: Executor,
): Promise<Map<string, FloatTensor>> {
  const { statistics } = withBatchStatistics(graph);
  const measured = new Map<string, FloatTensor>();
  if (statistics.size === 0) return measured;
  const measuring = graphOf(statistics);
  const session = await executor.load({ graph: measuring, weights }, { name: 'batch statistics' });
  const read = (batch: TensorMap) =>
    Object.fromEntries(Object.entries(batch).filter(([name]) => measuring.inputs.has(name)));
  let count = 0;
  try {
    for await (const batch of batches) {
      count++;
      for (const [name, tensor] of Object.entries(await session.run(read(batch))))
        accumulate(measured, name, tensor as FloatTensor);
    }
  } finally {
    await session.dispose();
  }
  if (count === 0) {
    throw new InvalidArgumentError({
      message: 'measureBatchStatistics: there was no batch to measure',
      hint: 'Give some batches of training data, a few hundred samples together.',
      argument: 'batches',
    });
  }
  for (const { data } of measured.values())
    for (let index = 0; index < data.length; index++) data[index] = (data[index] as number) / count;
  return measured;
}

function accumulate(sums: Map<string, FloatTensor>, name: string, { dims, data }: FloatTensor): void {
  const sum = sums.get(name);
  if (!sum) sums.set(name, { type: 'float32', dims, data: data.slice() });
  else
    for (let index = 0; index < data.length; index++)
      sum.data[index] = (sum.data[index] as number) + (data[index] as number);
}

function parameterName({ origin }: Value): string {
  if (origin.kind === 'parameter') return origin.name;
  throw new InvalidArgumentError({
    message: 'withBatchStatistics: the statistics of a batch norm are not parameters',
    hint: 'Take mean and variance of a batch norm from the weights.',
    argument: 'graph',
  });
}

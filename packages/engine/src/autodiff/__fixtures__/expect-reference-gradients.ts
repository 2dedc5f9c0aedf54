import type { HostTensor } from '@nano-emox/tensor-contract';
import { expect } from 'vitest';
import type { Executor } from '../../executors/executor';
import { evaluateReference } from '../../executors/reference';
import { graphOf } from '../../graph/graph';
import type { GradientCase } from './gradient-cases';
import { traceCase } from './trace-case';

/** Relative to the largest element: a few hundred float32 roundings, of which the runtime may do each in its own order. */
const RELATIVE_TOLERANCE = 2e-5;

const toFloat32 = ({ dims, data }: HostTensor): HostTensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from(data as Float64Array),
});

/** Expects of `executor` the loss and the gradients of a case that the reference gives in float64. */
export async function expectReferenceGradients(executor: Executor, testCase: GradientCase): Promise<void> {
  const { loss, gradients, feeds } = traceCase(testCase);
  const outputs = new Map([['loss', loss], ...gradients.map((value, index) => [`dx${index}`, value] as const)]);
  const graph = graphOf(outputs);
  const expected = evaluateReference(graph, { inputs: feeds, floatType: 'float64' });
  const inputs = Object.fromEntries(
    Object.entries(feeds).flatMap(([name, tensor]) => (graph.inputs.has(name) ? [[name, toFloat32(tensor)]] : [])),
  );
  const session = await executor.load({ graph, weights: new Map() }, { name: testCase.rule });
  try {
    const results = await session.run(inputs);
    for (const [name, { dims, data }] of expected) {
      const received = results[name] as HostTensor;
      expect([...received.dims], name).toEqual([...dims]);
      const scale = (data as Float64Array).reduce((largest, element) => Math.max(largest, Math.abs(element)), 1e-2);
      const difference = (data as Float64Array).reduce(
        (largest, element, index) => Math.max(largest, Math.abs(element - Number(received.data[index]))),
        0,
      );
      expect(difference / scale, name).toBeLessThanOrEqual(RELATIVE_TOLERANCE);
    }
  } finally {
    await session.dispose();
  }
}

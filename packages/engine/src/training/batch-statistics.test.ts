import { readFileSync } from 'node:fs';
import { type FloatTensor, f32, floatTensor, InvalidArgumentError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { gradientsOf, prepareForDifferentiation } from '../autodiff/differentiate';
import { evaluateReference } from '../executors/reference';
import { graphOf } from '../graph/graph';
import { input, parameter } from '../graph/leaves';
import type { Value } from '../graph/value';
import { add, batchNorm, mul, sum } from '../ops';
import { openExecutor } from '../runtime/node';
import { assertAllclose } from '../testing/compare-tensors';
import { measureBatchStatistics, withBatchStatistics } from './batch-statistics';

interface Fixture {
  readonly tensors: Readonly<Record<string, { readonly dims: number[]; readonly data: number[] }>>;
}

const { tensors } = JSON.parse(
  readFileSync(new URL('../__fixtures__/batch-norm.json', import.meta.url), 'utf8'),
) as Fixture;
const tensor = (name: string): FloatTensor => {
  const { dims, data } = tensors[name] as Fixture['tensors'][string];
  return floatTensor(Float32Array.from(data), dims);
};
const names = ['weight', 'bias', 'running_mean', 'running_var'] as const;
const weights = new Map<string, FloatTensor>(names.map((name) => [name, tensor(name)]));
const EPSILON = 1e-5;

function normed(): { x: Value; y: Value; scale: Value; bias: Value } {
  const x = input('x', f32('batch', 3, 2, 5));
  const one = { kind: 'constant', value: 1 } as const;
  const [scale, bias, mean, variance] = names.map((name) => parameter(name, [3], one)) as [Value, Value, Value, Value];
  return { x, y: batchNorm(x, { scale, bias, mean, variance }, EPSILON), scale, bias };
}

describe('batchNorm', () => {
  it('equals torch.nn.BatchNorm2d in evaluation, on ONNX Runtime and by its lowering', async () => {
    const graph = graphOf({ y: normed().y });
    const executor = await openExecutor({ device: 'cpu', workers: 0 });
    try {
      const session = await executor.load({ graph, weights }, { name: 'norm' });
      const { y } = await session.run({ x: tensor('x') });
      assertAllclose(y as FloatTensor, tensor('evaluated'), 1e-5, 'ONNX Runtime');
      await session.dispose();
    } finally {
      await executor.dispose();
    }
    const reference = evaluateReference(graph.outputs, { inputs: { x: tensor('x') }, parameters: weights });
    assertAllclose(reference.get('y') as FloatTensor, tensor('evaluated'), 1e-5, 'reference');
  });

  it('refuses statistics of another width with the names of the axes', () => {
    const x = input('x', f32('batch', 3, 4));
    const four = parameter('four', [4], { kind: 'constant', value: 1 });
    expect(() => batchNorm(x, { scale: four, bias: four, mean: four, variance: four }, EPSILON)).toThrow(/batchNorm/);
  });
});

describe('withBatchStatistics', () => {
  it('equals torch.nn.BatchNorm2d in training, with its gradients', () => {
    const { x, y, scale, bias } = normed();
    const { graph, statistics } = withBatchStatistics(graphOf({ y }));
    expect([...statistics.keys()]).toEqual(['running_mean', 'running_var']);
    expect([...graph.parameters.keys()]).toEqual(['weight', 'bias']);
    const trained = graph.outputs.get('y') as Value;
    const factors = input('factors', f32('batch', 3, 2, 5));
    const prepared = prepareForDifferentiation(new Map([['loss', sum(mul(trained, factors), [0, 1, 2, 3])]]), [
      x,
      scale,
      bias,
    ]);
    const [dx, dScale, dBias] = gradientsOf(prepared.get('loss') as Value, [x, scale, bias]) as [Value, Value, Value];
    const results = evaluateReference(new Map(Object.entries({ trained, dx, dScale, dBias })), {
      inputs: { x: tensor('x'), factors: tensor('factors') },
      parameters: weights,
    });
    assertAllclose(results.get('trained') as FloatTensor, tensor('trained'), 1e-5);
    assertAllclose(results.get('dx') as FloatTensor, tensor('gradient.x'), 1e-5);
    assertAllclose(results.get('dScale') as FloatTensor, tensor('gradient.weight'), 1e-5);
    assertAllclose(results.get('dBias') as FloatTensor, tensor('gradient.bias'), 1e-5);
  });

  it('leaves a graph without batch norms as it is', () => {
    const x = input('x', f32('batch'));
    const graph = graphOf({ y: add(x, 1) });
    expect(withBatchStatistics(graph).graph).toBe(graph);
  });

  it('refuses statistics that are computed', () => {
    const x = input('x', f32('batch', 3));
    const one = parameter('one', [3], { kind: 'constant', value: 1 });
    const y = batchNorm(x, { scale: one, bias: one, mean: add(one, 1), variance: one }, EPSILON);
    expect(() => withBatchStatistics(graphOf({ y }))).toThrow(InvalidArgumentError);
  });
});

describe('measureBatchStatistics', () => {
  it('measured on one batch, makes the inference form equal the training form on it', async () => {
    const graph = graphOf({ y: normed().y });
    const executor = await openExecutor({ device: 'cpu', workers: 0 });
    try {
      const measured = await measureBatchStatistics(
        graph,
        weights,
        [{ x: tensor('x'), unused: tensor('x') }],
        executor,
      );
      expect([...measured.keys()]).toEqual(['running_mean', 'running_var']);
      const session = await executor.load({ graph, weights: new Map([...weights, ...measured]) }, { name: 'norm' });
      assertAllclose((await session.run({ x: tensor('x') })).y as FloatTensor, tensor('trained'), 1e-5);
      await session.dispose();
      await expect(measureBatchStatistics(graph, weights, [], executor)).rejects.toThrow(InvalidArgumentError);
      expect(executor.usage().sessions).toBe(0);
    } finally {
      await executor.dispose();
    }
  });
});

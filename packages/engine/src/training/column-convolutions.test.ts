import { type FloatTensor, f32, floatTensor } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { gradientsOf, prepareForDifferentiation } from '../autodiff/differentiate';
import { evaluateReference } from '../executors/reference';
import { type Graph, graphOf, topologicalNodes } from '../graph/graph';
import type { Value } from '../graph/value';
import { defineModule, traceModule } from '../module/define-module';
import { initializeWeights } from '../module/initialize-weights';
import { normal, ones, type WeightScope, zeros } from '../module/weight-scope';
import { add, batchNorm, mean, mul, relu, transpose } from '../ops';
import { convolution } from '../ops/convolution';
import { Random } from '../random';
import { openExecutor } from '../runtime/node';
import { assertAllclose } from '../testing/compare-tensors';
import { withBatchStatistics } from './batch-statistics';
import { withColumnConvolutions } from './column-convolutions';
import { buildTrainingGraph } from './training-graph';

const SIZE = 8;
const channels = 4;

function normed(x: Value, weights: WeightScope, stride: number): Value {
  const kernel = weights.get('conv', [channels, x.shape[1] as number, 3, 3], normal(0.3));
  const y = convolution(x, kernel, weights.get('bias', [channels], normal(0.3)), {
    strides: [stride, stride],
    padsBefore: [1, 1],
  });
  const [scale, bias] = [weights.get('scale', [channels], ones), weights.get('shift', [channels], zeros)];
  const [mean, variance] = [weights.get('mean', [channels], zeros), weights.get('variance', [channels], ones)];
  return relu(batchNorm(y, { scale, bias, mean, variance }, 1e-5));
}

/** Strided, residual and transposed, as stems are; `extra` is read with channels second, so that both orders meet. */
const stem = defineModule({
  name: 'Stem',
  inputs: ({ size }: { size: number }) => ({ image: f32('batch', 3, size, size) }),
  outputs: () => ({ loss: f32(), features: f32() }),
  forward({ image }, weights) {
    const down = normed(image, weights.scope('down'), 2);
    const x = add(down, normed(down, weights.scope('refine'), 1));
    const last = transpose(x, [0, 2, 3, 1]);
    const extra = mul(x, weights.get('extra', [channels, 1, 1], normal(1)));
    return {
      loss: add(mean(mul(last, last), [0, 1, 2, 3]), mean(extra, [0, 1, 2, 3])),
      features: mean(last, [0, 1, 2, 3]),
    };
  },
});

const forward = (size: number): Graph => withBatchStatistics(traceModule(stem, { size })).graph;
const countOf = (outputs: ReadonlyMap<string, Value>, name: string) =>
  topologicalNodes(outputs.values()).filter(({ op }) => op.name === name).length;

function imageOf(size: number): FloatTensor {
  const random = new Random(5);
  return floatTensor(
    Float32Array.from({ length: 2 * 3 * size * size }, () => random.normal()),
    [2, 3, size, size],
  );
}

describe('withColumnConvolutions', () => {
  it('gives the same outputs and gradients, on ONNX Runtime, too', async () => {
    const { outputs, parameters } = forward(SIZE);
    const trained = [...parameters.values()];
    const columns = withColumnConvolutions(outputs, trained);
    expect([countOf(outputs, 'Conv'), countOf(columns, 'Conv'), countOf(columns, 'ColumnConvolution')]).toEqual([
      2, 0, 2,
    ]);
    const differentiated = (values: ReadonlyMap<string, Value>) => {
      const prepared = prepareForDifferentiation(values, trained);
      const gradients = gradientsOf(prepared.get('loss') as Value, trained);
      return new Map([...prepared, ...gradients.map((value, index) => [`d${index}`, value] as const)]);
    };
    const weights = initializeWeights(graphOf(outputs), 3);
    const feeds = { inputs: { image: imageOf(SIZE) }, parameters: weights };
    const expected = evaluateReference(differentiated(outputs), feeds);
    const reference = evaluateReference(differentiated(columns), feeds);
    const executor = await openExecutor({ device: 'cpu', workers: 0, threads: 1 });
    try {
      const graph = graphOf(differentiated(columns));
      const session = await executor.load({ graph, weights }, { name: 'columns' });
      const native = await session.run(feeds.inputs);
      for (const [name, tensor] of expected) {
        assertAllclose(reference.get(name) as FloatTensor, tensor as FloatTensor, 1e-6, name);
        assertAllclose(native[name] as FloatTensor, tensor as FloatTensor, 1e-5, `${name} on ONNX Runtime`);
      }
    } finally {
      await executor.dispose();
    }
  });

  it('leaves one transpose of the image and one where channels are read second again', () => {
    const { outputs, parameters } = forward(SIZE);
    const columns = withColumnConvolutions(outputs, [...parameters.values()]);
    const ofMaps = topologicalNodes(columns.values()).filter(
      ({ op, inputs }) => op.name === 'Transpose' && inputs[0]?.origin.kind !== 'parameter',
    );
    expect(ofMaps.map(({ attributes }) => attributes.permutation)).toEqual([
      [0, 2, 3, 1],
      [0, 3, 1, 2],
    ]);
  });

  it('lets frozen kernels, large maps and sizes of the run be', () => {
    const { outputs, parameters } = forward(SIZE);
    const others = [...parameters].flatMap(([name, value]) => (name.endsWith('conv') ? [] : [value]));
    expect(withColumnConvolutions(outputs, others)).toBe(outputs);
    const large = forward(64);
    expect(withColumnConvolutions(large.outputs, [...large.parameters.values()])).toBe(large.outputs);
    const free = defineModule({
      name: 'Free',
      inputs: () => ({ x: f32('batch', 3, 'time') }),
      outputs: () => ({ loss: f32() }),
      forward: ({ x }, weights) => ({
        loss: mean(
          convolution(x, weights.get('conv', [2, 3, 3], normal(1)), undefined, { padsBefore: [1] }),
          [0, 1, 2],
        ),
      }),
    });
    const symbolic = traceModule(free, {});
    expect(withColumnConvolutions(symbolic.outputs, [...symbolic.parameters.values()])).toBe(symbolic.outputs);
  });

  it('is what a training step is made of', () => {
    const optimizer = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
    const { graph } = buildTrainingGraph(forward(SIZE), { groupOf: () => 'all', optimizer });
    expect([countOf(graph.outputs, 'Conv'), countOf(graph.outputs, 'ConvTranspose')]).toEqual([0, 0]);
  });
});

import { type FloatTensor, f32, i64, NotDifferentiableError } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import { gradientsOf, prepareForDifferentiation } from '../autodiff/differentiate';
import { openOnnxRuntimeNode } from '../executors/onnxruntime-node';
import { evaluateReference } from '../executors/reference';
import { type Graph, graphOf, topologicalNodes } from '../graph/graph';
import { input } from '../graph/leaves';
import { initializeWeights } from '../module/initialize-weights';
import { linearLayer, torchAttentionLayer } from '../module/layers';
import { normal, tracingScope } from '../module/weight-scope';
import { add, gather, gelu, linear, mean } from '../ops';
import { assertAllclose, ramp, rows } from '../testing';
import { featureDeviation } from './deviation';
import type { Precision } from './precision';
import { quantiseGraph } from './quantise-graph';

const WIDTH = 96;
const options = { initializer: normal(0.1) };

/** Embedding, attention with joined weights, two products of one value, a low-rank branch, and a tied output. */
function network(): Graph {
  const scope = tracingScope();
  const table = scope.get('embedding', [200, WIDTH], normal(1));
  const embedded = gather(table, input('ids', i64('batch', 'time'))); // [batch, time, 96]
  const x = add(embedded, input('x', f32('batch', 'time', WIDTH)));
  const attended = add(x, torchAttentionLayer(x, x, x, scope.scope('attention'), 4));
  const inner = gelu(linearLayer(attended, scope.scope('up'), 128, options));
  const side = linearLayer(attended, scope.scope('side'), 128, { ...options, bias: false });
  const low = linearLayer(linearLayer(attended, scope.scope('low'), 8, options), scope.scope('high'), WIDTH, options);
  const y = add(linearLayer(add(inner, side), scope.scope('down'), WIDTH, options), low);
  return graphOf({ y, logits: linear(y, table) });
}

const graph = network();
const source = { graph, weights: initializeWeights(graph, 7) };
const x = ramp(2, 5, WIDTH);
const ids = {
  type: 'int64',
  dims: [2, 5],
  data: BigInt64Array.from({ length: 10 }, (_, i) => BigInt(i * 19)),
} as const;

const executor = await openOnnxRuntimeNode({ workers: 0, threads: 1 });
afterAll(() => executor.dispose());

async function outputsAt(precision: Precision): Promise<Record<string, FloatTensor>> {
  const session = await executor.load(source, { name: 'network', precision });
  const results = await session.run({ x, ids });
  await session.dispose();
  return results as Record<string, FloatTensor>;
}

const operations = (changed: Graph, name: string) =>
  topologicalNodes(changed.outputs.values()).filter(({ op }) => op.name === name);

describe.each(['int8', 'int4'] as const)('quantiseGraph, %s', (precision) => {
  const quantised = quantiseGraph(source, precision);

  it('means on the runtime what its lowering means on the reference executor', async () => {
    const results = await outputsAt(precision);
    const expected = evaluateReference(quantised.graph, { inputs: { x, ids }, parameters: quantised.weights });
    for (const name of ['y', 'logits']) {
      const reference = expected.get(name) as FloatTensor;
      // The runtime also rounds the activations of products with blocks; the reference executor does not.
      const found = featureDeviation(reference.data, results[name]?.data as Float32Array, reference.dims[2] as number);
      expect(found.relativeError).toBeLessThan(precision === 'int8' && name === 'y' ? 2e-3 : 2e-2);
    }
  });

  it('names all weights alike whenever the graph is traced, so that a compiled model is found again', () => {
    const again = network();
    expect([...quantiseGraph({ ...source, graph: again }, precision).weights.keys()]).toEqual([
      ...quantised.weights.keys(),
    ]);
    expect([...quantised.weights.keys()].filter((name) => name.startsWith('computed')).length).toBeGreaterThan(1);
  });

  it('stays near float32', async () => {
    const [expected, found] = [await outputsAt('float32'), await outputsAt(precision)];
    const bounds = precision === 'int8' ? { cosine: 0.9995, row: 0.999 } : { cosine: 0.98, row: 0.97 };
    for (const [name, width] of [
      ['y', WIDTH],
      ['logits', 200],
    ] as const) {
      const { cosine, worstRowCosine } = featureDeviation(
        expected[name]?.data as Float32Array,
        found[name]?.data as Float32Array,
        width,
      );
      expect(cosine).toBeGreaterThan(bounds.cosine);
      expect(worstRowCosine).toBeGreaterThan(bounds.row);
      expect(cosine).toBeLessThan(1 - 1e-7); // it is quantised indeed
    }
  });

  it('quantises frozen matrices, also parts of joined ones, and leaves small ones', () => {
    const bitsOf = operations(quantised.graph, 'MatMulNBits').map(({ attributes }) => attributes.bits);
    // q, k, v, out_proj, up, side, down; and the logits, a result of the graph, in 8 bits
    expect(operations(quantised.graph, 'MatMulIntegerToFloat')).toHaveLength(precision === 'int8' ? 7 : 0);
    expect(bitsOf.sort()).toEqual(precision === 'int8' ? [8] : [4, 4, 4, 4, 4, 4, 4, 8]);
    expect(operations(quantised.graph, 'Linear').map(({ inputs }) => inputs[1]?.origin)).toMatchObject([
      { name: 'low.weight' },
      { name: 'high.weight' },
    ]);
    expect([...quantised.weights.keys()].filter((name) => /^(up|side|embedding)/.test(name)).sort()).toEqual(
      // The rows of the table and the logits read the same codes.
      [
        ...['side.weight', 'up.weight'].map((name) => `${name}:${precision === 'int8' ? 'int8' : 'blocks4'}`),
        'embedding:blocks8',
      ]
        .flatMap((name) => [name, `${name}_scales`])
        .concat('up.bias')
        .sort(),
    );
  });

  it('has the inputs of the graph and leaves graph and weights as they were', () => {
    expect([...quantised.graph.inputs.keys()]).toEqual([...graph.inputs.keys()]);
    expect(operations(graph, 'Linear')).toHaveLength(10);
    expect([...source.weights.keys()].filter((name) => name.includes(':'))).toEqual([]);
  });

  it('has no gradient: training refuses it', () => {
    const y = quantised.graph.outputs.get('y');
    if (!y) throw new Error('the graph has no y');
    const wrt = [quantised.graph.inputs.get('x')].flatMap((value) => value ?? []);
    const prepared = prepareForDifferentiation(new Map([['loss', mean(y, [0, 1, 2])]]), wrt);
    expect(() => gradientsOf(prepared.get('loss') as never, wrt)).toThrow(NotDifferentiableError);
  });
});

it('rounds a value once that several products read', () => {
  // x for q, k and v; the mixed values; attended for up and side; inner + side.
  expect(operations(quantiseGraph(source, 'int8').graph, 'QuantizeLinear')).toHaveLength(4);
});

it('computes a sample as it computes it in a batch', async () => {
  const session = await executor.load(source, { name: 'network', precision: 'int8' });
  const loud = { ...x, data: x.data.map((value, index) => (index < x.data.length / 2 ? value * 1000 : value)) };
  const second = await session.run({ x: rows(x, 1, 2), ids: { type: 'int64', dims: [1, 5], data: ids.data.slice(5) } });
  const both = (await session.run({ x: loud, ids })).y as FloatTensor;
  assertAllclose(rows(both, 1, 2), second.y as FloatTensor, 1e-4);
  await session.dispose();
});

it('float32 changes nothing', async () => {
  const session = await executor.load(source, { name: 'network' });
  assertAllclose((await session.run({ x, ids })).y as FloatTensor, (await outputsAt('float32')).y as FloatTensor, 0);
  await session.dispose();
});

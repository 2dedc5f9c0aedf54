import { f32, type HostTensor, WeightsMismatchError } from '@nano-emox/tensor-contract';
import protobuf from 'protobufjs/light.js';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { openOnnxRuntimeNode } from '../executors/onnxruntime-node';
import { graphOf } from '../graph/graph';
import { input } from '../graph/leaves';
import { initializeWeights } from '../module/initialize-weights';
import { linearLayer } from '../module/layers';
import { normal, tracingScope } from '../module/weight-scope';
import { gelu, linear } from '../ops';
import { lazyTensor } from '../weights/lazy-tensor';
import { onnxMessages } from './schema';
import { writeModel } from './write-model';

/** `up` has 24 KiB and 192 values of bias, `down` 3 KiB and 4 values: two tensors above a KiB, two below. */
function network() {
  const scope = tracingScope();
  const hidden = gelu(linearLayer(input('x', f32('items', 32)), scope.scope('up'), 192));
  return graphOf({ y: linearLayer(hidden, scope.scope('down'), 4) });
}

const graph = network();
const weights = initializeWeights(graph, 5);
const x: HostTensor = {
  type: 'float32',
  dims: [3, 32],
  data: Float32Array.from({ length: 96 }, (_, i) => Math.sin(i)),
};

/** The same messages in the reader of protobufjs. */
const ModelProto = protobuf.Root.fromJSON({ nested: { onnx: { nested: onnxMessages } } }).lookupType('onnx.ModelProto');

const ready = openOnnxRuntimeNode({ workers: 0, threads: 1 });
afterAll(async () => (await ready).dispose());

async function outputOf(source: Parameters<Awaited<typeof ready>['load']>[0]) {
  const session = await (await ready).load(source, { name: 'network' });
  const { y } = await session.run({ x });
  await session.dispose();
  return y?.data as Float32Array;
}

describe('writeModel', () => {
  it('makes no code on the way, which the policy of a page may forbid', () => {
    const makers = [vi.spyOn(globalThis, 'Function'), vi.spyOn(globalThis, 'eval')];
    writeModel(graph, { weights });
    for (const maker of makers) {
      expect(maker).not.toHaveBeenCalled();
      maker.mockRestore();
    }
  });

  it('writes names, symbolic axes and operator sets', () => {
    const { model, external } = writeModel(graph, { weights });
    const message = ModelProto.toObject(ModelProto.decode(model), { longs: Number }) as {
      opsetImport: { domain?: string; version: number }[];
      graph: {
        input: { name: string; type: { tensorType: { shape: { dim: object[] } } } }[];
        initializer: { name: string; dims: number[] }[];
      };
    };
    expect(external).toEqual([]);
    expect(message.opsetImport.map(({ domain = '', version }) => [domain, version])).toEqual([
      ['', 18],
      ['com.microsoft', 1],
    ]);
    expect(message.graph.input.map(({ name }) => name)).toEqual(['x']);
    expect(message.graph.input[0]?.type.tensorType.shape.dim).toEqual([{ dimParam: 'items' }, { dimValue: 32 }]);
    const named = message.graph.initializer.filter(({ name }) => weights.has(name));
    expect(named.map(({ name, dims }) => [name, dims])).toEqual([...weights].map(([name, { dims }]) => [name, dims]));
  });

  it('lists all weights that do not fit', () => {
    const few = new Map([...weights].filter(([name]) => !name.startsWith('down')));
    expect(() => writeModel(graph, { weights: few })).toThrow(WeightsMismatchError);
    expect(() => writeModel(graph, { weights: few })).toThrow('missing down.weight, down.bias');
  });

  it('leaves free parameters as inputs', async () => {
    const freeParameters = new Set(['down.weight', 'down.bias']);
    const baked = new Map([...weights].filter(([name]) => !freeParameters.has(name)));
    const { model } = writeModel(graph, { weights: baked, freeParameters });
    const session = await (await ready).load({ bytes: model }, { name: 'free' });
    const free = Object.fromEntries([...weights].filter(([name]) => freeParameters.has(name)));
    const { y } = await session.run({ x, ...free });
    await session.dispose();
    expect(y?.data).toEqual(await outputOf({ bytes: writeModel(graph, { weights }).model }));
  });

  it('gives a weight beside the graph a name for each node that reads it, and a free parameter one', () => {
    const scope = tracingScope();
    const table = scope.get('table', [8, 8], normal(1));
    const twice = graphOf({ y: linear(linear(input('x', f32('items', 8)), table), table) });
    const values = initializeWeights(twice, 1);
    const readersOf = (freeParameters: ReadonlySet<string>) => {
      const { model } = writeModel(twice, { weights: values, freeParameters, externalDataFile: 'weights.bin' });
      const message = ModelProto.toObject(ModelProto.decode(model)) as { graph: { node: { input: string[] }[] } };
      return message.graph.node.flatMap(({ input }) => input).filter((name) => name.startsWith('table'));
    };
    expect(readersOf(new Set(['table']))).toEqual(['table', 'table']);
    expect(readersOf(new Set())).toEqual(['table', 'table#2']);
  });
});

describe('names', () => {
  it('refuses an output that is called like another input', () => {
    const twice = graphOf({ x: gelu(input('x', f32('rows', 4))) });
    expect(() => writeModel(twice, { weights: new Map() })).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIG', field: 'x' }),
    );
  });
});

describe('weights beside the graph', () => {
  const written = () => writeModel(graph, { weights, externalDataFile: 'weights.bin' });

  it('lie there page by page', () => {
    const { model, external } = written();
    const sizes = [192 * 32, 192, 4 * 192, 4].map((count) => 4 * count);
    expect(external.map(({ data }) => data.byteLength)).toEqual(sizes);
    expect(external.map(({ sizeBytes }) => sizeBytes)).toEqual(sizes);
    expect(external.map(({ offsetBytes }) => offsetBytes)).toEqual([0, 24_576, 28_672, 32_768]);
    expect(model.byteLength).toBeLessThan(writeModel(graph, { weights }).model.byteLength - 25_000);
  });

  it('are not read before their bytes are asked for', () => {
    const asked: string[] = [];
    const lazy = new Map(
      [...weights].map(([name, tensor]) => {
        const read = () => {
          asked.push(name);
          return tensor.data;
        };
        return [name, lazyTensor(tensor, read)] as const;
      }),
    );
    const { external } = writeModel(graph, { weights: lazy, externalDataFile: 'weights.bin' });
    expect(asked).toEqual([]);
    expect(external[2]?.data.byteLength).toBe(4 * 192 * 4);
    expect(asked).toEqual(['down.weight']);
  });
});

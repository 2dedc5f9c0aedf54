import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { f32, type HostTensor, WeightsMismatchError } from '@nano-emox/tensor-contract';
import protobuf from 'protobufjs/light.js';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openOnnxRuntimeNode } from '../executors/onnxruntime-node';
import { externalDataFile, stageModel } from '../executors/onnxruntime-node/stage-model';
import { graphOf } from '../graph/graph';
import { input } from '../graph/leaves';
import { initializeWeights } from '../module/initialize-weights';
import { linearLayer } from '../module/layers';
import { tracingScope } from '../module/weight-scope';
import { gelu } from '../ops';
import { onnxMessages } from './schema';
import { EXTERNAL_DATA_THRESHOLD_BYTES, writeModel } from './write-model';

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
  let cache = '';

  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'nano-emox-cache-'));
    vi.stubEnv('NANO_EMOX_CACHE', cache);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(cache, { recursive: true, force: true });
  });

  const written = () => writeModel(graph, { weights, externalDataFile: 'weights.bin' });

  it('are asked for above a limit far below the 2 GiB of a message', () => {
    expect(externalDataFile(EXTERNAL_DATA_THRESHOLD_BYTES)).toBeUndefined();
    expect(externalDataFile(EXTERNAL_DATA_THRESHOLD_BYTES + 1)).toBe('weights.bin');
    expect(EXTERNAL_DATA_THRESHOLD_BYTES).toBeLessThan(2 ** 31);
  });

  it('hold the large tensors, page by page, and leave the small ones inside', () => {
    const { model, external } = written();
    expect(external.map(({ data }) => data.byteLength)).toEqual([192 * 32 * 4, 4 * 192 * 4]);
    expect(external.map(({ offsetBytes }) => offsetBytes)).toEqual([0, 24_576]);
    expect(model.byteLength).toBeLessThan(writeModel(graph, { weights }).model.byteLength - 25_000);
  });

  it('run as the model in one piece does, bit for bit', async () => {
    const source = await stageModel(written());
    expect(source).toEqual({ path: expect.stringMatching(/graphs.[0-9a-f]{32}.model\.onnx$/) });
    expect(await outputOf(source)).toEqual(await outputOf({ bytes: writeModel(graph, { weights }).model }));
    const [folder] = await readdir(join(cache, 'graphs'));
    const bytes = await readFile(join(cache, 'graphs', folder as string, 'weights.bin'));
    const up = weights.get('up.weight')?.data as Float32Array;
    expect(new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + up.byteLength))).toEqual(up);
  });

  it('are staged once for the same content, also by callers at the same time', async () => {
    const [first, second] = await Promise.all([stageModel(written()), stageModel(written())]);
    expect(second).toEqual(first);
    const path = (first as { path: string }).path;
    const { mtimeMs } = await stat(path);
    await stageModel(written());
    expect((await stat(path)).mtimeMs).toBe(mtimeMs);
    expect(await readdir(join(cache, 'graphs'))).toHaveLength(1);
    expect(await outputOf(first)).toHaveLength(12);
  });

  it('get another folder when a weight changes', async () => {
    await stageModel(written());
    const changed = new Map(weights);
    changed.set('up.weight', { type: 'float32', dims: [192, 32], data: new Float32Array(192 * 32) });
    await stageModel(writeModel(graph, { weights: changed, externalDataFile: 'weights.bin' }));
    expect(await readdir(join(cache, 'graphs'))).toHaveLength(2);
  });

  it('fail with a typed error where the cache folder cannot be written', async () => {
    const file = join(cache, 'a-file');
    await writeFile(file, 'in the way');
    vi.stubEnv('NANO_EMOX_CACHE', file);
    await expect(stageModel(written())).rejects.toMatchObject({
      code: 'INVALID_FILE',
      message: expect.stringContaining('cannot be written: ENOTDIR'),
    });
    expect(await readFile(file, 'utf8')).toBe('in the way');
  });
});

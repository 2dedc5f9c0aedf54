import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { f32, type HostTensor, i64 } from '@nano-emox/tensor-contract';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { graphOf } from '../../graph/graph';
import { input } from '../../graph/leaves';
import { initializeWeights } from '../../module/initialize-weights';
import { linearLayer } from '../../module/layers';
import { tracingScope } from '../../module/weight-scope';
import { EXTERNAL_DATA_THRESHOLD_BYTES } from '../../onnx/write-model';
import { add, gather, gelu, linear } from '../../ops';
import { quantiseByteBlocks, quantiseNibbleBlocks, quantiseRows } from '../../precision/quantise-weights';
import { ramp } from '../../testing';
import { setFingerprint } from '../../weights/fingerprint';
import { lazyTensor } from '../../weights/lazy-tensor';
import type { GraphSource } from '../executor';
import { openOnnxRuntimeNode } from '.';
import { clearCompiledModels, compiledModelsFolder, listCompiledModels } from './compiled-models';
import { STAGING_REVISION, stageGraph } from './stage-model';

const WIDTH = 64;

function network() {
  const scope = tracingScope();
  const hidden = gelu(linearLayer(input('x', f32('items', WIDTH)), scope.scope('up'), 192));
  return graphOf({ y: linearLayer(hidden, scope.scope('down'), WIDTH) });
}

const graph = network();
const weights = initializeWeights(graph, 5);
const source: GraphSource = { graph, weights };
const x = ramp(3, WIDTH);

const executor = await openOnnxRuntimeNode({ workers: 0, threads: 1 });
afterAll(() => executor.dispose());

async function outputOf(model: Parameters<typeof executor.load>[0], precision?: 'int8') {
  const session = await executor.load(model, { name: 'network', ...(precision && { precision }) });
  const { y } = await session.run({ x });
  await session.dispose();
  return y?.data as Float32Array;
}

/** Weights that say when they are read; `fingerprint` stands for their values where it is given. */
function watched(reads: string[], fingerprint?: string): GraphSource {
  const lazy = [...weights].map(([name, tensor]): [string, HostTensor] => {
    const watchedTensor = lazyTensor(tensor, () => {
      reads.push(name);
      return tensor.data;
    });
    if (fingerprint !== undefined) setFingerprint(watchedTensor, `${fingerprint}/${name}`);
    return [name, watchedTensor];
  });
  return { graph, weights: new Map(lazy) };
}

let cache = '';
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'nano-emox-cache-'));
  vi.stubEnv('NANO_EMOX_CACHE', cache);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true, force: true });
});

const staged = async (given = source, precision?: Parameters<typeof stageGraph>[1]) =>
  ((await stageGraph(given, precision, 0)) as { path: string }).path;
const entries = () => readdir(join(cache, 'graphs'));

describe('a staged graph', () => {
  it('is on disk above a limit far below the 2 GiB of a message, and in memory up to it', async () => {
    expect(await stageGraph(source)).toHaveProperty('bytes');
    expect(EXTERNAL_DATA_THRESHOLD_BYTES).toBeLessThan(2 ** 31);
    expect(await staged()).toMatch(/graphs.[0-9a-f]{32}.model\.onnx$/);
  });

  it('is on disk sooner where its weights were rounded', async () => {
    const wide = graphOf({ y: linearLayer(input('x', f32('items', 3200)), tracingScope().scope('wide'), 3200) });
    const large = { graph: wide, weights: initializeWeights(wide, 1) }; // 41 MB, rounded 10 MB
    expect(await stageGraph(large)).toHaveProperty('bytes');
    expect(await stageGraph(large, 'int8')).toHaveProperty('path');
  });

  it.each([undefined, 'int8'] as const)('runs as the model in one piece does, bit for bit (%s)', async (precision) => {
    expect(await outputOf({ path: await staged(source, precision) })).toEqual(await outputOf(source, precision));
  });

  it('holds the weights as they are', async () => {
    const bytes = await readFile(join(await staged(), '..', 'weights.bin'));
    const up = weights.get('up.weight')?.data as Float32Array;
    expect(new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + up.byteLength))).toEqual(up);
  });

  it.each([undefined, 'int8'] as const)('holds a weight that several nodes read once (%s)', async (precision) => {
    const table = tracingScope().get('table', [192, WIDTH], { kind: 'normal', deviation: 1 });
    const rows = gather(table, input('ids', i64('items')));
    const tied = graphOf({ y: linear(add(rows, rows), table) });
    const model = { graph: tied, weights: initializeWeights(tied, 1) };
    const path = await staged(model, precision);
    const folder = join(path, '..');
    const alone = graphOf({ y: linear(input('x', f32('items', WIDTH)), table) });
    const folderOfOne = join(await staged({ ...model, graph: alone }, precision), '..');
    const size = async (name: string) => (await stat(join(name, 'weights.bin'))).size;
    expect(await size(folder)).toBe(await size(folderOfOne));
    const ids: HostTensor = { type: 'int64', dims: [3], data: BigInt64Array.of(5n, 0n, 191n) };
    const run = async (given: Parameters<typeof executor.load>[0], options = {}) => {
      const session = await executor.load(given, { name: 'tied', ...options });
      const { y } = await session.run({ ids });
      await session.dispose();
      return y?.data;
    };
    expect(await run({ path })).toEqual(await run(model, precision && { precision }));
  });

  it('is written once for the same content, also by callers at the same time', async () => {
    const [first, second] = await Promise.all([staged(), staged()]);
    expect(second).toBe(first);
    const { mtimeMs } = await stat(first);
    expect(await staged()).toBe(first);
    expect((await stat(first)).mtimeMs).toBe(mtimeMs);
    expect(await entries()).toHaveLength(1);
  });

  it('is another one when a weight, the precision or the graph changes', async () => {
    await staged();
    const changed = new Map([...weights, ['up.weight', ramp(192, WIDTH)] as const]);
    await staged({ graph, weights: changed });
    await staged(source, 'int8');
    await staged({ graph: graphOf({ z: graph.outputs.get('y') as never }), weights });
    expect(await entries()).toHaveLength(4);
  });
});

describe('weights with a fingerprint', () => {
  it('are read once each when they are staged, and not when the model is found again', async () => {
    const reads: string[] = [];
    const path = await staged(watched(reads, 'a file'), 'int8');
    expect([...reads].sort()).toEqual(['down.bias', 'down.weight', 'up.bias', 'up.weight']);
    reads.length = 0;
    expect(await staged(watched(reads, 'a file'), 'int8')).toBe(path);
    expect(reads).toEqual([]);
    expect(await staged(watched(reads, 'another file'), 'int8')).not.toBe(path);
  });

  it('may be missing: then the values decide', async () => {
    const reads: string[] = [];
    expect(await staged(watched(reads))).toBe(await staged());
  });
});

describe('the folder of staged graphs', () => {
  it.each([
    ['weights cut off', (folder: string) => truncate(join(folder, 'weights.bin'), 100)],
    ['weights gone', (folder: string) => rm(join(folder, 'weights.bin'))],
    ['an empty model', (folder: string) => writeFile(join(folder, 'model.onnx'), '')],
  ])('replaces an entry with %s', async (_, damage) => {
    const path = await staged();
    await damage(join(path, '..'));
    expect(await staged()).toBe(path);
    expect(await outputOf({ path })).toEqual(await outputOf(source));
    expect(await entries()).toHaveLength(1);
  });

  it('keeps nothing of a write that failed', async () => {
    const broken = watched([], 'broken');
    (broken.weights as Map<string, HostTensor>).set(
      'down.weight',
      lazyTensor({ type: 'float32', dims: [WIDTH, 192] }, () => {
        throw new RangeError('no such value');
      }),
    );
    setFingerprint(broken.weights.get('down.weight') as HostTensor, 'x');
    await expect(staged(broken)).rejects.toThrow('no such value');
    expect(await entries()).toEqual([]);
  });

  it('forgets what nobody loaded for a month and what killed writers left, when something is staged', async () => {
    const old = join(await staged(), '..');
    const recent = join(await staged(source, 'int8'), '..');
    const partial = join(cache, 'graphs', 'abc.incomplete');
    await mkdir(partial);
    const days = (count: number) => new Date(Date.now() - count * 24 * 3600 * 1000);
    await utimes(old, days(40), days(40));
    await utimes(recent, days(20), days(20));
    await utimes(partial, days(2), days(2));
    await staged(source, 'int4');
    const names = await entries();
    expect(names).toHaveLength(2);
    expect(names.map((name) => join(cache, 'graphs', name))).toContain(recent);
  });

  it('knows an entry as used when it is found', async () => {
    const folder = join(await staged(), '..');
    await utimes(folder, new Date(0), new Date(0));
    await staged();
    expect(Date.now() - (await stat(folder)).mtimeMs).toBeLessThan(60_000);
  });

  it('is listed, the last used first, and cleared, without what is not whole', async () => {
    expect(await listCompiledModels()).toEqual([]);
    const first = join(await staged(), '..');
    const second = join(await staged(source, 'int8'), '..');
    await utimes(first, new Date(0), new Date(0));
    await mkdir(join(compiledModelsFolder(), 'abc.incomplete'));
    const models = await listCompiledModels();
    expect(models.map(({ name }) => join(compiledModelsFolder(), name))).toEqual([second, first]);
    expect(models[1]).toMatchObject({ usedAt: '1970-01-01T00:00:00.000Z' });
    const sizes = await Promise.all(
      ['model.onnx', 'weights.bin'].map(async (name) => (await stat(join(first, name))).size),
    );
    expect(models[1]?.sizeBytes).toBe((sizes[0] ?? 0) + (sizes[1] ?? 0));
    await expect(clearCompiledModels({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await clearCompiledModels()).toBe(models.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
    expect(await entries()).toEqual(['abc.incomplete']);
  });

  it('that cannot be written is a typed error', async () => {
    const file = join(cache, 'a-file');
    await writeFile(file, 'in the way');
    vi.stubEnv('NANO_EMOX_CACHE', file);
    await expect(staged()).rejects.toMatchObject({
      code: 'INVALID_FILE',
      message: expect.stringContaining('cannot be written: ENOTDIR'),
    });
    expect(await readFile(file, 'utf8')).toBe('in the way');
  });
});

it('has a revision that is raised with every change of how weights are quantised', () => {
  const values = ramp(8, 96).data;
  const matrices = [quantiseRows(values, 8, 96), quantiseByteBlocks(values), quantiseNibbleBlocks(values)];
  const hash = createHash('sha256');
  for (const data of matrices.flatMap(({ codes, scales }) => [codes, scales]))
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  // A new hash here means that models staged before hold other numbers: raise STAGING_REVISION, then change this line.
  expect([STAGING_REVISION, hash.digest('hex').slice(0, 16)]).toEqual([2, '13bdbc94adcb529a']);
});

import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AbortedError,
  DisposedError,
  type FloatTensor,
  floatTensor,
  InvalidArgumentError,
  InvalidFileError,
  NonFiniteError,
} from '@nano-emox/tensor-contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clipFeatures, clipKeys } from './__fixtures__/clip-features';
import { FeatureCache, type PrefetchEvent } from './feature-cache';

let folder = '';
const opened: FeatureCache[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-features-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((cache) => cache.dispose()));
  await rm(folder, { recursive: true, force: true });
});

async function openCache(producer = 'encoder 1'): Promise<FeatureCache> {
  const cache = await FeatureCache.open({ folder, producer });
  opened.push(cache);
  return cache;
}

const never = (): Promise<never> => Promise.reject(new Error('computed what is in the cache'));
const plain = (features: Record<string, FloatTensor>) =>
  Object.fromEntries(Object.entries(features).map(([name, { dims, data }]) => [name, [dims, Array.from(data)]]));

/** Paths of all feature files, and of unfinished ones. */
async function listFiles(): Promise<{ finished: string[]; unfinished: string[] }> {
  const paths = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const isUnfinished = (path: string) => path.includes('unfinished');
  return { finished: paths.filter((path) => !isUnfinished(path)), unfinished: paths.filter(isUnfinished) };
}

describe('FeatureCache', () => {
  it('computes once; the first result has the bits of all later ones, in this process and the next', async () => {
    const cache = await openCache();
    const first = await cache.read('clip 1', async () => clipFeatures('clip 1'));
    const second = await cache.read('clip 1', never);
    const third = await (await openCache()).read('clip 1', never);
    expect(plain(second)).toEqual(plain(first));
    expect(plain(third)).toEqual(plain(first));
    const exact = clipFeatures('clip 1').scene as FloatTensor;
    const difference = Math.max(...exact.data.map((value, index) => Math.abs(value - (first.scene?.data[index] ?? 9))));
    expect(difference).toBeGreaterThan(0); // rounded
    expect(difference).toBeLessThan(4 * 2 ** -11); // by half of a float16 step of numbers below 4
    expect(cache.stats()).toMatchObject({ hits: 1, misses: 1, damaged: 0 });
    const size = await cache.sizeBytes();
    expect(cache.stats().writtenBytes).toBe(size);
    expect(cache.stats().readBytes).toBe(size);
    expect((await listFiles()).unfinished).toEqual([]);
  });

  it('gives every caller tensors of its own', async () => {
    const cache = await openCache();
    const read = () => cache.read('clip 1', async () => clipFeatures('clip 1'));
    const [one, two] = await Promise.all([read(), read()]);
    const expected = plain(two);
    one.scene?.data.fill(7);
    expect(plain(two)).toEqual(expected);
    expect(plain(await read())).toEqual(expected);
  });

  it('keeps producers and keys apart, whatever characters they have', async () => {
    const keys = ['a', 'A', '../../a', 'a\0b', '', '💛', 'x'.repeat(10_000)].filter((key) => key !== '');
    const values = new Map<string, number>();
    for (const producer of ['p', 'q', '../p']) {
      const cache = await openCache(producer);
      for (const key of keys) {
        values.set(producer + key, values.size);
        await cache.read(key, async () => ({ x: floatTensor(Float32Array.of(values.size), [1]) }));
      }
    }
    let expected = 0;
    for (const producer of ['p', 'q', '../p']) {
      const cache = await openCache(producer);
      for (const key of keys) expect((await cache.read(key, never)).x?.data[0]).toBe(++expected);
    }
    const cache = await openCache('p');
    await cache.clear();
    expect([await cache.sizeBytes(), (await listFiles()).finished.length]).toEqual([0, 2 * keys.length]);
    await expect(cache.read('', never)).rejects.toThrow(InvalidArgumentError);
    await expect(openCache('')).rejects.toThrow(InvalidArgumentError);
  });

  it('computes once for callers at the same time', async () => {
    const cache = await openCache();
    let computations = 0;
    const compute = async () => {
      computations++;
      await sleep(10);
      return clipFeatures('clip 1');
    };
    await Promise.all(Array.from({ length: 20 }, () => cache.read('clip 1', compute)));
    expect([computations, cache.stats().hits, cache.stats().misses]).toEqual([1, 19, 1]);
  });

  it.each([
    ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length - 5)],
    ['empty', () => Buffer.alloc(0)],
    ['zeroed at the end', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -64), Buffer.alloc(64)])],
    ['another file', () => Buffer.from('not features')],
  ])('finds a file that is %s, removes it and computes anew', async (_, damage) => {
    const cache = await openCache();
    const expected = plain(await cache.read('clip 1', async () => clipFeatures('clip 1')));
    const [path = ''] = (await listFiles()).finished;
    await writeFile(path, damage(await readFile(path)));
    expect(plain(await cache.read('clip 1', async () => clipFeatures('clip 1')))).toEqual(expected);
    expect(cache.stats()).toMatchObject({ misses: 2, damaged: 1 });
    expect(plain(await cache.read('clip 1', never))).toEqual(expected);
  });

  it('refuses the file of another clip under its name', async () => {
    const cache = await openCache();
    await cache.read('clip 1', async () => clipFeatures('clip 1'));
    const [one = ''] = (await listFiles()).finished;
    const content = await readFile(one);
    await cache.read('clip 2', async () => clipFeatures('clip 2'));
    const two = (await listFiles()).finished.find((path) => path !== one) as string;
    await writeFile(two, content);
    expect(plain(await cache.read('clip 2', async () => clipFeatures('clip 2')))).not.toEqual(
      plain(await cache.read('clip 1', never)),
    );
    expect(cache.stats().damaged).toBe(1);
  });

  it('returns what another writer wrote first', async () => {
    const [cache, other] = [await openCache(), await openCache()];
    const value = (x: number) => ({ x: floatTensor(Float32Array.of(x), [1]) });
    const late = await cache.read('clip 1', async () => {
      await other.read('clip 1', async () => value(1));
      return value(2);
    });
    expect([late.x?.data[0], (await cache.read('clip 1', never)).x?.data[0]]).toEqual([1, 1]);
  });

  it('caches nothing after an error', async () => {
    const cache = await openCache();
    await expect(cache.read('clip 1', () => Promise.reject(new RangeError('decoder')))).rejects.toThrow(RangeError);
    const broken = async () => ({ x: floatTensor(Float32Array.of(1, Number.NaN), [2]) });
    await expect(cache.read('clip 1', broken)).rejects.toThrow(NonFiniteError);
    expect(await listFiles()).toEqual({ finished: [], unfinished: [] });
    await cache.read('clip 1', async () => clipFeatures('clip 1'));
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 1 });
  });

  it('stops a computation when all who wait have given up, and no sooner', async () => {
    const cache = await openCache();
    const [first, second] = [new AbortController(), new AbortController()];
    const stopped: string[] = [];
    const slowly = (name: string) => async (signal: AbortSignal) => {
      await sleep(1000, undefined, { signal }).catch(() => stopped.push(name));
      return clipFeatures('clip 1');
    };
    const reads = [first, second].map(({ signal }) => cache.read('clip 1', slowly('shared'), { signal }));
    await sleep(5);
    first.abort();
    await expect(reads[0]).rejects.toThrow(AbortedError);
    expect(stopped).toEqual([]);
    second.abort();
    await expect(reads[1]).rejects.toThrow(AbortedError);
    // One who comes now does not join a computation that is being stopped.
    const result = await cache.read('clip 1', async () => clipFeatures('clip 1'));
    expect(Object.keys(result)).toHaveLength(3);
    expect(stopped).toEqual(['shared']);
    await expect(cache.read('clip 1', never, { signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
  });

  it('stops at dispose, and is of no use afterwards', async () => {
    const cache = await openCache();
    const reading = cache.read('clip 1', async (signal) => {
      await sleep(1000, undefined, { signal }).catch(() => undefined);
      return clipFeatures('clip 1');
    });
    const outcome = expect(reading).rejects.toThrow(AbortedError);
    await cache.dispose();
    await outcome;
    await cache.dispose();
    for (const use of [() => cache.read('clip 1', never), () => cache.clear(), () => cache.sizeBytes()]) {
      await expect(use()).rejects.toThrow(DisposedError);
    }
    expect(await listFiles()).toEqual({ finished: [], unfinished: [] });
    expect(await openFiles()).toEqual([]);
  });

  it('sweeps what dead writers left, but not what a living one may be writing', async () => {
    await (await openCache()).read('clip 1', async () => clipFeatures('clip 1'));
    const [producer = ''] = await readdir(folder);
    const [old, young] = ['old.safetensors', 'young.safetensors'].map((name) =>
      join(folder, producer, 'unfinished', name),
    );
    await Promise.all([writeFile(old as string, 'torn'), writeFile(young as string, 'growing')]);
    await utimes(old as string, new Date(), new Date(Date.now() - 2 * 3_600_000));
    await (await openCache()).read('clip 1', never);
    expect((await listFiles()).unfinished).toEqual([young]);
  });

  it('says that a folder cannot be written', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(FeatureCache.open({ folder: file, producer: 'p' })).rejects.toThrow(InvalidFileError);
    // A fan-out folder whose place is taken fails later, when the clip is written.
    const cache = await openCache();
    const [producer = ''] = (await readdir(folder)).filter((name) => name !== 'file');
    for (let byte = 0; byte < 256; byte++) {
      await writeFile(join(folder, producer, byte.toString(16).padStart(2, '0')), 'taken');
    }
    const before = await listFiles();
    await expect(cache.read('clip 1', async () => clipFeatures('clip 1'))).rejects.toThrow(InvalidFileError);
    expect(await listFiles()).toEqual(before);
    expect((await stat(file)).size).toBe(0);
  });
});

describe('prefetch', () => {
  it('computes what is absent, a few at a time, with one total', async () => {
    await mkdir(folder, { recursive: true });
    const cache = await openCache();
    await cache.read('clip 3', async () => clipFeatures('clip 3'));
    const events: PrefetchEvent[] = [];
    let [running, most] = [0, 0];
    const compute = async (key: string) => {
      most = Math.max(most, ++running);
      await sleep(2);
      running--;
      return clipFeatures(key);
    };
    const keys = [...clipKeys(12), 'clip 1'];
    await cache.prefetch(keys, compute, { concurrency: 3, onEvent: (event) => events.push(event) });
    expect(most).toBe(3);
    expect(events[0]).toEqual({ type: 'prefetch-start', totalClips: 12 });
    expect(events.at(-1)).toEqual({ type: 'prefetch-end', loadedClips: 12, computedClips: 11, totalClips: 12 });
    const deltas = events.slice(1, -1);
    expect(deltas.map((event) => event.type === 'prefetch-delta' && event.loadedClips)).toEqual(
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
    expect(deltas.every(({ totalClips }) => totalClips === 12)).toBe(true);
    for (const key of clipKeys(12)) await cache.read(key, never);
    await cache.prefetch([], never);
  });

  it('stops at the first error and continues at the next call', async () => {
    const cache = await openCache();
    const computed: string[] = [];
    const compute = (isBroken: boolean) => async (key: string) => {
      await sleep(1);
      if (isBroken && key === 'clip 5') throw new RangeError('broken clip');
      computed.push(key);
      return clipFeatures(key);
    };
    await expect(cache.prefetch(clipKeys(20), compute(true))).rejects.toThrow(RangeError);
    expect(computed.length).toBeLessThan(8);
    await cache.prefetch(clipKeys(20), compute(false));
    expect(computed.sort()).toEqual(clipKeys(20).sort()); // each once
    await expect(cache.prefetch(['a'], never, { concurrency: 0 })).rejects.toThrow(InvalidArgumentError);
  });

  it('stops when aborted', async () => {
    const cache = await openCache();
    const controller = new AbortController();
    const prefetching = cache.prefetch(
      clipKeys(100),
      async (key) => {
        await sleep(2);
        return clipFeatures(key);
      },
      {
        signal: controller.signal,
        onEvent: (event) => event.type === 'prefetch-delta' && event.loadedClips === 3 && controller.abort(),
      },
    );
    await expect(prefetching).rejects.toThrow(AbortedError);
    expect(cache.stats().misses).toBeLessThan(7);
  });
});

/** Files under the folder that this process holds open, where the system tells. */
async function openFiles(): Promise<string[]> {
  const handles = await readdir('/proc/self/fd').catch(() => []);
  const paths = await Promise.all(handles.map((handle) => readlink(`/proc/self/fd/${handle}`).catch(() => '')));
  return paths.filter((path) => path.startsWith(folder));
}

import { join } from 'node:path';
import {
  DisposedError,
  type FloatTensor,
  InvalidArgumentError,
  type RunOptions,
  throwIfAborted,
} from '@nano-emox/tensor-contract';
import { hashOf } from '../canonical-json';
import { decodeFeatures, encodeFeatures, type Features, isIntact } from './feature-file';
import { FeatureStore } from './feature-store';
import { SharedTask } from './shared-task';

/** Options of {@link FeatureCache.open}. */
export interface FeatureCacheOptions {
  /** Made when absent. Several producers, and several processes, may share it. */
  readonly folder: string;
  /** Identifies everything that determines the features of a key; see `producerOf`. */
  readonly producer: string;
}

/** What a cache has done since it was opened. */
export interface FeatureCacheStats {
  /** Reads that computed nothing. */
  readonly hits: number;
  readonly misses: number;
  /** Files found damaged, removed and computed anew; also counted as misses. */
  readonly damaged: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
}

/** Progress of {@link FeatureCache.prefetch}; `totalClips` is the same in all events of a call. */
export type PrefetchEvent =
  | { readonly type: 'prefetch-start'; readonly totalClips: number }
  | {
      readonly type: 'prefetch-delta' | 'prefetch-end';
      /** Clips that are in the cache now. */
      readonly loadedClips: number;
      /** Those of them that this call computed. */
      readonly computedClips: number;
      readonly totalClips: number;
    };

/** Options of {@link FeatureCache.prefetch}. */
export interface PrefetchOptions extends RunOptions {
  /** Clips in work at a time. @default 2 */
  readonly concurrency?: number;
  readonly onEvent?: (event: PrefetchEvent) => void;
}

interface Loaded {
  readonly bytes: Uint8Array;
  readonly isComputed: boolean;
}

/**
 * Features of frozen encoders, computed once per clip and kept in a folder in float16. What a read returns has passed
 * through float16 also when it was just computed, so the first epoch has the same bits as all later ones.
 *
 * A file appears whole or not at all, is checked against its checksum at each read, and never changes: of several
 * processes that compute the same clip, all return what the first one wrote.
 *
 * @example
 * const cache = await FeatureCache.open({ folder, producer: producerOf({ config, weights }) });
 * const { scene } = await cache.read(await contentHashOf('clip.mp4'), async (signal) => encodeClip('clip.mp4', signal));
 */
export class FeatureCache {
  private readonly tasks = new Map<string, SharedTask<Loaded>>();
  private readonly counts = { hits: 0, misses: 0, damaged: 0, readBytes: 0, writtenBytes: 0 };
  private isDisposed = false;

  private constructor(
    private readonly store: FeatureStore,
    /** As given to {@link FeatureCache.open}. */
    readonly producer: string,
  ) {}

  /** Opens the part of a folder that belongs to a producer, and sweeps old leftovers of writers that were killed. @throws InvalidFileError when the folder cannot be written */
  static async open({ folder, producer }: FeatureCacheOptions): Promise<FeatureCache> {
    requireText(producer, 'producer');
    const store = new FeatureStore(join(folder, hashOf(producer).slice(0, 32)));
    await store.prepare();
    return new FeatureCache(store, producer);
  }

  /**
   * Features of `key`: from the cache, or computed and then cached. Callers that ask for the same key at the same time
   * share one computation; `compute` is told to stop when all of them have given up.
   * @param key - what the features depend on besides the producer, as a rule the `contentHashOf` a clip
   * @returns new tensors, owned by the caller
   * @throws NonFiniteError (NaN or infinity among the features), InvalidArgumentError, InvalidFileError (folder cannot be
   *   read or written), AbortedError, DisposedError, and whatever `compute` throws; nothing is cached then
   */
  async read(
    key: string,
    compute: (signal: AbortSignal) => Promise<Features>,
    options: RunOptions = {},
  ): Promise<Record<string, FloatTensor>> {
    const { bytes } = await this.load(key, compute, options);
    return decodeFeatures(bytes);
  }

  /**
   * Brings features of all keys into the cache, a few at a time; what is there already is checked and left. Stops at the
   * first error, keeping what is done, so a second call continues.
   * @throws as {@link read}
   */
  async prefetch(
    keys: Iterable<string>,
    compute: (key: string, signal: AbortSignal) => Promise<Features>,
    { concurrency = 2, onEvent = () => undefined, signal }: PrefetchOptions = {},
  ): Promise<void> {
    if (!Number.isInteger(concurrency) || concurrency < 1) {
      throw new InvalidArgumentError({
        message: `FeatureCache.prefetch: concurrency is ${concurrency}`,
        hint: 'Give a whole number of at least 1.',
        argument: 'concurrency',
      });
    }
    const distinct = [...new Set(keys)];
    const totalClips = distinct.length;
    let [loadedClips, computedClips] = [0, 0];
    onEvent({ type: 'prefetch-start', totalClips });
    await forEachConcurrently(distinct, concurrency, async (key) => {
      const { isComputed } = await this.load(key, (taskSignal) => compute(key, taskSignal), { signal });
      loadedClips++;
      if (isComputed) computedClips++;
      onEvent({ type: 'prefetch-delta', loadedClips, computedClips, totalClips });
    });
    onEvent({ type: 'prefetch-end', loadedClips, computedClips, totalClips });
  }

  stats(): FeatureCacheStats {
    return { ...this.counts };
  }

  /** Size on disk of all features of this producer. */
  async sizeBytes(options: RunOptions = {}): Promise<number> {
    this.requireOpen();
    return this.store.sizeBytes(options);
  }

  /** Removes all features of this producer. */
  async clear(): Promise<void> {
    this.requireOpen();
    await this.store.clear();
  }

  /** Stops what is being computed and waits for its end. Files stay. Idempotent. */
  async dispose(): Promise<void> {
    this.isDisposed = true;
    const running = [...this.tasks.values()];
    for (const task of running) task.abort();
    await Promise.all(running.map((task) => task.ended()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  private async load(
    key: string,
    compute: (signal: AbortSignal) => Promise<Features>,
    options: RunOptions,
  ): Promise<Loaded> {
    this.requireOpen();
    requireText(key, 'key');
    const where = `features of ${JSON.stringify(key.slice(0, 80))}`;
    throwIfAborted(options.signal, where);
    const running = this.tasks.get(key);
    if (running && !running.isAborted) {
      const { bytes } = await running.wait(options);
      this.counts.hits++;
      return { bytes, isComputed: false };
    }
    const task = new SharedTask(where, (signal) => this.readOrCompute(key, compute, signal, where));
    this.tasks.set(key, task);
    void task.ended().then(() => {
      if (this.tasks.get(key) === task) this.tasks.delete(key);
    });
    const loaded = await task.wait(options);
    this.counts[loaded.isComputed ? 'misses' : 'hits']++;
    return loaded;
  }

  private async readOrCompute(
    key: string,
    compute: (signal: AbortSignal) => Promise<Features>,
    signal: AbortSignal,
    where: string,
  ): Promise<Loaded> {
    const name = hashOf(key);
    const identity = JSON.stringify([this.producer, key]);
    const stored = await this.readIntact(name, identity);
    throwIfAborted(signal, where);
    if (stored) return { bytes: stored, isComputed: false };
    const features = await compute(signal);
    throwIfAborted(signal, where);
    const bytes = encodeFeatures(features, identity);
    if (await this.store.add(name, bytes, { signal })) {
      this.counts.writtenBytes += bytes.length;
      return { bytes, isComputed: true };
    }
    // Another process was first. Its file is what all later epochs will read, so this one has to return it, too.
    return { bytes: (await this.readIntact(name, identity)) ?? bytes, isComputed: true };
  }

  private async readIntact(name: string, identity: string): Promise<Uint8Array | undefined> {
    const bytes = await this.store.read(name);
    if (bytes === undefined) return undefined;
    this.counts.readBytes += bytes.length;
    if (isIntact(bytes, identity)) return bytes;
    this.counts.damaged++;
    await this.store.remove(name);
    return undefined;
  }

  private requireOpen(): void {
    if (this.isDisposed) {
      throw new DisposedError({ message: 'FeatureCache was used after dispose()', hint: 'Open it again.' });
    }
  }
}

/** Runs `work` on all items, `limit` at a time. After an error no further item begins; the first error is thrown at the end. */
async function forEachConcurrently<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  const queue = items.values(); // shared: each item goes to whoever is free
  const takeItems = async () => {
    for (const item of queue) {
      if (errors.length > 0) return;
      await work(item).catch((error) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, takeItems));
  if (errors.length > 0) throw errors[0];
}

function requireText(value: string, argument: string): void {
  if (typeof value === 'string' && value !== '') return;
  throw new InvalidArgumentError({
    message: `FeatureCache: ${argument} is ${value === '' ? 'empty' : `a ${typeof value}`}`,
    hint: 'Pass text that identifies it, such as a hash.',
    argument,
  });
}

import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '@nano-emox/engine/weights';
import { InvalidFileError, type RunOptions, throwIfAborted } from '@nano-emox/tensor-contract';
import { requireContent } from './checksum';
import { requireRepositoryName } from './names';
import { cachedRepositories, hubCacheFolder, namesIn, RepositoryCache, sizeOf } from './repository-cache';
import { withLock } from './repository-lock';

/** Which part of the cache is meant. */
export interface CacheOptions extends RunOptions {
  /** @default all repositories */
  readonly repo?: string | undefined;
  /** As in {@link pullRepository}. */
  readonly cacheFolder?: string | undefined;
}

/** One commit in the cache. */
export interface CachedCommit {
  readonly commit: string;
  /** Branches and tags that stood for it when they were last pulled. */
  readonly revisions: readonly string[];
  readonly files: number;
  readonly sizeBytes: number;
}

/** One repository in the cache. */
export interface CachedRepository {
  readonly repo: string;
  readonly folder: string;
  readonly commits: readonly CachedCommit[];
  /** On disk; what commits share counts once, what was begun and not finished counts. */
  readonly sizeBytes: number;
}

/** What the cache holds. Reads names and sizes only. */
export async function cacheList(options: CacheOptions = {}): Promise<CachedRepository[]> {
  const found: CachedRepository[] = [];
  for (const cache of await repositoriesOf(options)) {
    const revisions = [...(await cache.revisions())];
    const commits: CachedCommit[] = [];
    for (const commit of await cache.commits()) {
      const files = await presentFiles(cache, commit);
      commits.push({
        commit,
        revisions: revisions.filter(([, target]) => target === commit).map(([revision]) => revision),
        files: files.length,
        sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      });
    }
    found.push({ repo: cache.repo, folder: cache.folder, commits, sizeBytes: await diskBytes(cache.folder) });
  }
  return found;
}

/** A file of the cache that is not what its repository listed. */
export interface CacheProblem {
  readonly repo: string;
  readonly commit: string;
  readonly path: string;
  readonly problem: string;
}

/** How the cache is checked. */
export interface VerifyOptions extends CacheOptions {
  /** Whether wrong files are removed, to be fetched by the next pull. @default false */
  readonly remove?: boolean | undefined;
  /** `checkedBytes` only grows, `totalBytes` is constant. */
  readonly onProgress?:
    | ((progress: { readonly checkedBytes: number; readonly totalBytes: number }) => void)
    | undefined;
}

/**
 * Reads every file of the cache and compares its checksum.
 * @throws AbortedError, InvalidFileError when a wrong file cannot be removed
 */
export async function cacheVerify(
  options: VerifyOptions = {},
): Promise<{ readonly files: number; readonly sizeBytes: number; readonly problems: readonly CacheProblem[] }> {
  const files = [];
  for (const cache of await repositoriesOf(options)) {
    for (const commit of await cache.commits()) {
      for (const file of await presentFiles(cache, commit)) files.push({ cache, commit, file });
    }
  }
  const totalBytes = files.reduce((sum, { file }) => sum + file.sizeBytes, 0);
  const problems: CacheProblem[] = [];
  let checkedBytes = 0;
  for (const { cache, commit, file } of files) {
    const path = cache.pathOf(commit, file);
    throwIfAborted(options.signal, `checking ${path}`);
    const problem = await problemOf(path, file, options.signal);
    if (problem !== undefined) {
      problems.push({ repo: cache.repo, commit, path: file.path, problem });
      if (options.remove) await removeAll(path);
    }
    checkedBytes += file.sizeBytes;
    options.onProgress?.({ checkedBytes, totalBytes });
  }
  return { files: files.length, sizeBytes: totalBytes, problems };
}

/**
 * Removes repositories from the cache, each when no process is pulling it.
 * @returns bytes that were freed
 * @throws AbortedError, InvalidFileError
 */
export async function cacheClear(options: CacheOptions = {}): Promise<number> {
  let freedBytes = 0;
  for (const cache of await repositoriesOf(options)) {
    freedBytes += await withLock(cache.lockPath, options, async () => {
      const sizeBytes = await diskBytes(cache.folder);
      await removeAll(cache.folder);
      return sizeBytes;
    });
  }
  return freedBytes;
}

async function repositoriesOf({ repo, cacheFolder = hubCacheFolder() }: CacheOptions): Promise<RepositoryCache[]> {
  if (repo === undefined) return cachedRepositories(cacheFolder);
  const cache = new RepositoryCache(cacheFolder, requireRepositoryName(repo));
  return (await namesIn(cache.folder)).length > 0 ? [cache] : [];
}

/** Files of a commit that are there, whatever their size. */
async function presentFiles(cache: RepositoryCache, commit: string) {
  const present = [];
  for (const file of (await cache.listing(commit)) ?? []) {
    if ((await sizeOf(cache.pathOf(commit, file))) !== undefined) present.push(file);
  }
  return present;
}

async function problemOf(
  path: string,
  file: Parameters<typeof requireContent>[1],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    await requireContent(path, file, { name: file.path, signal });
    return undefined;
  } catch (error) {
    if (error instanceof InvalidFileError) return error.message;
    throw error;
  }
}

/** Bytes of the files below a folder, each counted once however many names it has. */
async function diskBytes(folder: string): Promise<number> {
  const seen = new Set<string>();
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    const status = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    const id = `${status?.dev}:${status?.ino}`;
    if (status === undefined || seen.has(id)) continue;
    seen.add(id);
    bytes += status.size;
  }
  return bytes;
}

async function removeAll(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    throw fileError(error, path, 'written');
  }
}

import { join } from 'node:path';
import { InvalidArgumentError, MissingFileError, throwIfAborted } from '@nano-emox/tensor-contract';
import type { HubFile } from './checksum';
import type { PullEvent } from './events';
import { HubClient } from './hub-client';
import { isCommit, requireRepositoryName, requireRevision } from './names';
import { receiveFile, shareFile } from './receive-file';
import { hubCacheFolder, RepositoryCache } from './repository-cache';
import { withLock } from './repository-lock';
import { type RetryOptions, retrying } from './retrying';

/** What is pulled, from where, and who is told. */
export interface PullOptions extends RetryOptions {
  /** Branch, tag or commit. A whole commit is pinned: once it is complete, nobody is asked again. @default 'main' */
  readonly revision?: string | undefined;
  /** Paths of files that all have to be there, or a function that chooses. @default all */
  readonly files?: readonly string[] | ((path: string) => boolean) | undefined;
  /** Folder that the files are copied to as well; it is not locked, and shares disk space where the file system can. */
  readonly to?: string | undefined;
  /** Takes what the cache has, and never opens a connection. @default false */
  readonly offline?: boolean | undefined;
  /** Base address of the hub or of a mirror. @default HF_ENDPOINT, else https://huggingface.co */
  readonly endpoint?: string | undefined;
  /** For repositories that are not public. @default HF_TOKEN */
  readonly token?: string | undefined;
  /** @default `hub` in the user's cache folder of this project (`NANO_EMOX_CACHE`) */
  readonly cacheFolder?: string | undefined;
  readonly onEvent?: ((event: PullEvent) => void) | undefined;
}

/** Files of one commit on disk. They are shared with later pulls: copy them (`to`) before you change them. */
export interface PulledRepository {
  readonly repo: string;
  readonly commit: string;
  /** Where the files are. */
  readonly folder: string;
  /** Their paths in it, with slashes. */
  readonly files: readonly string[];
  readonly sizeBytes: number;
}

/**
 * Brings files of a Hugging Face repository into the user's cache and says where they are. Partial files are continued; each
 * file is checked before it gets its name; processes that pull the same repository take turns. Nothing is written outside cache and `to`.
 * @throws EndpointError (`status` 401, 403, 404, …; no connection), InvalidFileError (wrong content, a name that leaves the folder, disk)
 * @throws MissingFileError (offline and not in the cache; a file that the repository lacks), InvalidArgumentError, AbortedError
 * @example
 * const { folder } = await pullRepository('Qwen/Qwen2.5-1.5B-Instruct', { files: ['config.json', 'model.safetensors'] });
 */
export async function pullRepository(repo: string, options: PullOptions = {}): Promise<PulledRepository> {
  const { revision = 'main', offline = false, signal } = options;
  throwIfAborted(signal, `pulling ${repo}`);
  const cache = new RepositoryCache(options.cacheFolder ?? hubCacheFolder(), requireRepositoryName(repo));
  requireRevision(revision);
  const kept = offline || isCommit(revision) ? await fromCache(cache, revision, options) : undefined;
  if (kept) return deliver(cache, kept, options);
  if (offline) throw notCached(cache, revision);
  const endpoint = (options.endpoint ?? (process.env.HF_ENDPOINT || 'https://huggingface.co')).replace(/\/+$/, '');
  const onWait = () => options.onEvent?.({ type: 'pull-wait', repo });
  const pulled = await withLock(cache.lockPath, { signal, onWait }, (held) =>
    new Pull(cache, endpoint, revision, { ...options, signal: held }).run(),
  );
  return deliver(cache, pulled, options);
}

/** Files of a commit that were chosen. */
interface Selection {
  readonly commit: string;
  readonly files: readonly HubFile[];
}

class Pull {
  private readonly client: HubClient;

  constructor(
    private readonly cache: RepositoryCache,
    private readonly endpoint: string,
    private readonly revision: string,
    private readonly options: PullOptions,
  ) {
    const token = options.token ?? (process.env.HF_TOKEN || undefined);
    this.client = new HubClient({ repo: cache.repo, endpoint, token, signal: options.signal });
  }

  async run(): Promise<Selection> {
    const { cache, client, revision } = this;
    const commit = isCommit(revision) ? revision : await this.asked(() => client.commitOf(revision));
    let listing = await cache.listing(commit);
    if (listing === undefined) {
      listing = await this.asked(() => client.filesOf(commit));
      await cache.saveListing(commit, listing);
    }
    const files = select(listing, cache.repo, this.options.files);
    await this.fetchMissing({ commit, files });
    await cache.saveRevision(revision, commit);
    return { commit, files };
  }

  private asked<T>(question: () => Promise<T>): Promise<T> {
    return retrying({ endpoint: this.endpoint, name: this.cache.repo }, this.options, question);
  }

  private async fetchMissing({ commit, files }: Selection): Promise<void> {
    const { repo } = this.cache;
    const missing: HubFile[] = [];
    for (const file of files) if (!(await this.cache.has(commit, file))) missing.push(file);
    const totalBytes = sizeOfAll(files);
    let doneBytes = totalBytes - sizeOfAll(missing);
    let loadedBytes = doneBytes;
    const { onEvent } = this.options;
    onEvent?.({ type: 'pull-start', repo, commit, files: files.length, loadedBytes, totalBytes });
    for (const file of missing) {
      const report = (receivedBytes: number) => {
        // Of a file that is begun anew nothing is told until there is more of it than before.
        const now = doneBytes + Math.min(receivedBytes, file.sizeBytes);
        if (now <= loadedBytes && receivedBytes > 0) return;
        loadedBytes = now;
        onEvent?.({ type: 'pull-delta', repo, path: file.path, loadedBytes, totalBytes });
      };
      await this.fetchFile(commit, file, report);
      doneBytes += file.sizeBytes;
      report(0);
    }
    const folder = this.cache.commitFolder(commit);
    onEvent?.({ type: 'pull-end', repo, folder, loadedBytes: totalBytes, totalBytes });
  }

  private async fetchFile(commit: string, file: HubFile, onProgress: (receivedBytes: number) => void): Promise<void> {
    const { cache, client, endpoint, options } = this;
    const path = cache.pathOf(commit, file);
    const twin = await cache.twinOf(commit, file);
    if (twin !== undefined) return shareFile(twin, path);
    const read = (offset: number) => client.read(file, commit, offset);
    await receiveFile({ ...options, file, path, partialPath: cache.partialPathOf(file), endpoint, read, onProgress });
  }
}

async function fromCache(
  cache: RepositoryCache,
  revision: string,
  { files: wanted }: PullOptions,
): Promise<Selection | undefined> {
  const commit = await cache.commitOf(revision);
  const listing = commit === undefined ? undefined : await cache.listing(commit);
  if (commit === undefined || listing === undefined) return undefined;
  const files = select(listing, cache.repo, wanted);
  for (const file of files) if (!(await cache.has(commit, file))) return undefined;
  return { commit, files };
}

async function deliver(
  cache: RepositoryCache,
  { commit, files }: Selection,
  { to, signal }: PullOptions,
): Promise<PulledRepository> {
  if (to !== undefined) {
    for (const file of files) {
      throwIfAborted(signal, `copying to ${to}`);
      await shareFile(cache.pathOf(commit, file), join(to, ...file.path.split('/')), { asCopy: true });
    }
  }
  const folder = to ?? cache.commitFolder(commit);
  return { repo: cache.repo, commit, folder, files: files.map(({ path }) => path), sizeBytes: sizeOfAll(files) };
}

function select(listing: readonly HubFile[], repo: string, wanted: PullOptions['files']): readonly HubFile[] {
  if (wanted === undefined) return listing;
  if (typeof wanted === 'function') {
    const chosen = listing.filter(({ path }) => wanted(path));
    if (chosen.length > 0) return chosen;
    throw new InvalidArgumentError({
      message: `${repo}: none of its ${listing.length} files was chosen`,
      hint: `It holds ${listing
        .slice(0, 12)
        .map(({ path }) => path)
        .join(', ')}.`,
      argument: 'files',
    });
  }
  return wanted.map((path) => {
    const file = listing.find((candidate) => candidate.path === path);
    if (file) return file;
    throw new MissingFileError({
      message: `${repo} holds no file ${path}`,
      hint: `It holds ${listing
        .slice(0, 12)
        .map((candidate) => candidate.path)
        .join(', ')}.`,
      path,
    });
  });
}

const sizeOfAll = (files: readonly HubFile[]): number => files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

const notCached = ({ repo, folder }: RepositoryCache, revision: string): MissingFileError =>
  new MissingFileError({
    message: `${repo} at ${revision} is not, or not completely, in the cache`,
    hint: 'Pull it once with a connection.',
    path: folder,
  });

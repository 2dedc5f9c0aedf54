import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, readJsonFile, writeFileAtomic } from '@nano-emox/engine/weights';
import { InvalidFileError } from '@nano-emox/tensor-contract';
import type { HubFile } from './checksum';
import { isCommit, requireInnerPath } from './names';

/** Version of the layout; a cache of another one is pulled anew. */
const LISTING_VERSION = 1;

/** Root of all repositories: `NANO_EMOX_CACHE`, or the platform's user cache folder. */
export const hubCacheFolder = (): string => join(cacheFolder(), 'hub');

/**
 * The part of the cache that belongs to one repository:
 * `<commit>.json` lists the files of a commit, `<commit>/…` holds those that are complete and checked, `partial/<checksum>` those on
 * their way, `refs/<revision>` names the commit that a branch or tag stood for when it was last pulled.
 */
export class RepositoryCache {
  readonly folder: string;

  constructor(
    readonly root: string,
    readonly repo: string,
  ) {
    this.folder = join(root, folderName(repo));
  }

  /** Held by whoever changes the folder. */
  get lockPath(): string {
    return join(this.root, '.locks', folderName(this.repo));
  }

  commitFolder(commit: string): string {
    return join(this.folder, commit);
  }

  pathOf(commit: string, { path }: HubFile): string {
    return join(this.folder, commit, ...path.split('/'));
  }

  partialPathOf({ checksum }: HubFile): string {
    return join(this.folder, 'partial', checksum.digest);
  }

  /** Whether a file is there. It got its name after its checksum was found right. */
  async has(commit: string, file: HubFile): Promise<boolean> {
    return (await sizeOf(this.pathOf(commit, file))) === file.sizeBytes;
  }

  /** What a revision stood for when it was last pulled; a commit stands for itself. */
  async commitOf(revision: string): Promise<string | undefined> {
    if (isCommit(revision)) return revision;
    return (await this.revisions()).get(revision);
  }

  async saveRevision(revision: string, commit: string): Promise<void> {
    if (!isCommit(revision)) await writeFileAtomic(this.refPath(revision), JSON.stringify(commit));
  }

  /** Commits by branch or tag. */
  async revisions(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (const name of await namesIn(join(this.folder, 'refs'))) {
      if (name.startsWith('.')) continue;
      const commit = await readOrUndefined(join(this.folder, 'refs', name));
      if (typeof commit === 'string' && isCommit(commit)) found.set(decodeURIComponent(name), commit);
    }
    return found;
  }

  async saveListing(commit: string, files: readonly HubFile[]): Promise<void> {
    const listing = { version: LISTING_VERSION, repo: this.repo, commit, files };
    await writeFileAtomic(join(this.folder, `${commit}.json`), `${JSON.stringify(listing, null, 1)}\n`);
  }

  /** Files of a commit, those that were not pulled included; `undefined` when it was never listed. */
  async listing(commit: string): Promise<readonly HubFile[] | undefined> {
    const content = (await readOrUndefined(join(this.folder, `${commit}.json`))) as Partial<{
      version: number;
      files: readonly HubFile[];
    }> | null;
    if (content?.version !== LISTING_VERSION || !Array.isArray(content.files)) return undefined;
    for (const { path } of content.files) requireInnerPath(path, this.repo);
    return content.files;
  }

  /** Commits that were listed. */
  async commits(): Promise<readonly string[]> {
    return (await namesIn(this.folder))
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -5))
      .filter(isCommit);
  }

  /** Where another commit has the same file. */
  async twinOf(commit: string, file: HubFile): Promise<string | undefined> {
    for (const other of await this.commits()) {
      if (other === commit) continue;
      const same = (await this.listing(other))?.find(({ checksum }) => checksum.digest === file.checksum.digest);
      if (same && (await this.has(other, same))) return this.pathOf(other, same);
    }
    return undefined;
  }

  private refPath(revision: string): string {
    return join(this.folder, 'refs', encodeURIComponent(revision));
  }
}

/** Repositories that have a folder under `root`. */
export async function cachedRepositories(root: string): Promise<RepositoryCache[]> {
  const names = (await namesIn(root)).filter((name) => !name.startsWith('.'));
  return names.sort().map((name) => new RepositoryCache(root, name.replace('--', '/')));
}

/** Names of repositories do not hold two dashes. */
const folderName = (repo: string): string => repo.replace('/', '--');

/** Size of a regular file; `undefined` where there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  const status = await stat(path).catch(() => undefined);
  return status?.isFile() ? status.size : undefined;
}

export async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** JSON that may be absent or, after a crash of the machine, damaged: then it is made again. */
async function readOrUndefined(path: string): Promise<unknown> {
  try {
    return await readJsonFile(path);
  } catch (error) {
    if (error instanceof InvalidFileError || (error as { code?: string }).code === 'MISSING_FILE') return undefined;
    throw error;
  }
}

import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PathSegment } from '../corpus';

/** A file that a path of names and patterns has found. */
export interface MatchedFile {
  /** Below the root, with forward slashes. */
  readonly path: string;
  readonly groups: Readonly<Record<string, string>>;
}

/** Files below `root` that fit the segments, sorted by name in each folder, so that the order is the same everywhere. */
export async function* matchFiles(
  root: string,
  segments: readonly PathSegment[],
  found: MatchedFile = { path: '', groups: {} },
): AsyncGenerator<MatchedFile> {
  const [segment, ...rest] = segments;
  if (segment === undefined) {
    yield found;
    return;
  }
  const names =
    typeof segment === 'string' ? await namedEntry(root, found.path, segment, rest.length === 0) : undefined;
  for (const name of names ?? (await entries(join(root, found.path), rest.length === 0))) {
    const match = typeof segment === 'string' ? undefined : segment.exec(name);
    if (match === null) continue;
    const path = found.path === '' ? name : `${found.path}/${name}`;
    yield* matchFiles(root, rest, { path, groups: { ...found.groups, ...match?.groups } });
  }
}

async function namedEntry(root: string, folder: string, name: string, asFile: boolean): Promise<string[]> {
  const entry = await stat(join(root, folder, name)).catch(() => undefined);
  return entry && (asFile ? entry.isFile() : entry.isDirectory()) ? [name] : [];
}

/** Names in a folder that may be files or folders; symbolic links may be either. A folder that is not there has none. */
async function entries(folder: string, files: boolean): Promise<string[]> {
  const all: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return all
    .filter((entry) => entry.isSymbolicLink() || (files ? entry.isFile() : entry.isDirectory()))
    .map(({ name }) => name)
    .sort();
}

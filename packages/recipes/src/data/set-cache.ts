import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidFileError } from '@nano-emox/tensor-contract';

/** Typed arrays a cache may hold. */
export type CachedArray = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array;

const arrayTypes = { Uint8Array, Int8Array, Int16Array, Int32Array, Float32Array } as const;

/** What a cached set consists of: some plain JSON and named arrays. */
export interface CachedSet {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly arrays: Readonly<Record<string, CachedArray>>;
}

interface ArrayEntry {
  readonly type: keyof typeof arrayTypes;
  readonly length: number;
  readonly offsetBytes: number;
}

interface SetIndex {
  /** Everything the content depends on; another key means another content. */
  readonly key: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly arrays: Readonly<Record<string, ArrayEntry>>;
}

/** Arrays begin at multiples of this, so that they can be viewed in place. */
const alignmentBytes = 8;

/**
 * Reads the set `name` from `folder`, or makes it and writes it: `<name>.bin` with all arrays and `<name>.json` that tells
 * where they lie. The index is written last and renamed into place, so an interrupted run leaves no set that looks whole.
 * @param key All settings the content depends on; a set with another key is made again.
 */
export async function cachedSet(
  folder: string,
  name: string,
  key: string,
  make: () => Promise<CachedSet>,
): Promise<CachedSet> {
  const known = await readSet(folder, name, key);
  if (known) return known;
  const made = await make();
  await writeSet(folder, name, key, made);
  return made;
}

/** Whether {@link cachedSet} would find the set, told from its index alone. */
export async function isCached(folder: string, name: string, key: string): Promise<boolean> {
  return (await readIndex(join(folder, `${name}.json`), key)) !== undefined;
}

async function readIndex(path: string, key: string): Promise<SetIndex | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const index = text === undefined ? undefined : (JSON.parse(text) as SetIndex);
  return index?.key === key ? index : undefined;
}

async function readSet(folder: string, name: string, key: string): Promise<CachedSet | undefined> {
  const indexPath = join(folder, `${name}.json`);
  const index = await readIndex(indexPath, key);
  if (!index) return undefined;
  const bytes = await readFile(join(folder, `${name}.bin`));
  const arrays = Object.entries(index.arrays).map(([array, { type, length, offsetBytes }]) => {
    const Type = arrayTypes[type];
    if (offsetBytes + length * Type.BYTES_PER_ELEMENT > bytes.length) throw damaged(indexPath);
    return [array, new Type(bytes.buffer, bytes.byteOffset + offsetBytes, length)] as const;
  });
  return { facts: index.facts, arrays: Object.fromEntries(arrays) };
}

async function writeSet(folder: string, name: string, key: string, { facts, arrays }: CachedSet): Promise<void> {
  await mkdir(folder, { recursive: true });
  const parts: Uint8Array[] = [];
  const entries: Record<string, ArrayEntry> = {};
  let offsetBytes = 0;
  for (const [array, values] of Object.entries(arrays)) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const type = values.constructor.name as keyof typeof arrayTypes;
    entries[array] = { type, length: values.length, offsetBytes };
    const padding = (alignmentBytes - (bytes.length % alignmentBytes)) % alignmentBytes;
    parts.push(bytes, new Uint8Array(padding));
    offsetBytes += bytes.length + padding;
  }
  const index: SetIndex = { key, facts, arrays: entries };
  await rm(join(folder, `${name}.json`), { force: true }); // an old index must not describe the new bytes
  await writeAtomically(join(folder, `${name}.bin`), Buffer.concat(parts));
  await writeAtomically(join(folder, `${name}.json`), JSON.stringify(index));
}

/** Writes beside the target and renames, so that a reader sees the old file or the new one. */
export async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  await writeFile(temporary, content);
  await rename(temporary, path);
}

function damaged(path: string): InvalidFileError {
  return new InvalidFileError({
    message: `cachedSet: the arrays that ${path} lists are longer than its .bin file`,
    hint: 'Delete the cache folder; it is made again.',
    path,
  });
}

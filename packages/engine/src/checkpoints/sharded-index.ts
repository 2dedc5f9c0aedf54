import { basename, dirname, join } from 'node:path';
import { MissingFileError } from '@nano-emox/tensor-contract';
import { readJsonFile } from '../weights/json-file';
import type { CheckpointParts, ReadableEntry } from './checkpoint';
import { fileProblem, listNames, quoteName } from './file-problem';

/** Opens one file of a checkpoint. */
export type OpenShard = (path: string) => Promise<CheckpointParts>;

/**
 * A checkpoint in several files, by its index (`model.safetensors.index.json`, `pytorch_model.bin.index.json`): the index
 * says which file holds which tensor, and all of them must be there, each in one file only.
 * @throws InvalidFileError listing everything that is missing or double, and what opening a shard throws
 */
export async function shardedParts(indexPath: string, open: OpenShard): Promise<CheckpointParts> {
  const index = readIndex(await readJsonFile(indexPath), indexPath);
  const shards = new Map<string, CheckpointParts>();
  const close = async () => void (await Promise.all([...shards.values()].map((shard) => shard.close())));
  try {
    const missing = await openShards(index.fileOf, dirname(indexPath), open, shards);
    const problems = [...missing.map((file) => `file ${quoteName(file)} is missing`), ...compare(index.fileOf, shards)];
    if (problems.length > 0) throw incomplete(indexPath, problems);
    return { ...gather(index.fileOf, shards), files: [indexPath, ...filesOf(shards)], metadata: index.metadata, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface ShardIndex {
  readonly fileOf: ReadonlyMap<string, string>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

function readIndex(content: unknown, path: string): ShardIndex {
  const { weight_map: weightMap, metadata } = (content ?? {}) as Record<string, unknown>;
  if (!isRecord(weightMap) || Object.keys(weightMap).length === 0) {
    throw fileProblem(
      path,
      'JSON without a weight_map',
      'Give an index of shards, a file of weights, or their folder.',
    );
  }
  for (const [name, file] of Object.entries(weightMap)) {
    // A file beside the index, never one elsewhere.
    if (
      typeof file !== 'string' ||
      file !== basename(file) ||
      /[\\/\0]/.test(file) ||
      file === '' ||
      file.startsWith('.')
    ) {
      throw fileProblem(
        path,
        `tensor ${quoteName(name)} is said to lie in ${quoteName(file)}, not a file beside the index`,
      );
    }
  }
  return {
    fileOf: new Map(Object.entries(weightMap) as [string, string][]),
    metadata: isRecord(metadata) ? metadata : {},
  };
}

async function openShards(
  fileOf: ReadonlyMap<string, string>,
  folder: string,
  open: OpenShard,
  shards: Map<string, CheckpointParts>,
): Promise<string[]> {
  const missing: string[] = [];
  for (const file of new Set(fileOf.values())) {
    try {
      shards.set(file, await open(join(folder, file)));
    } catch (error) {
      if (!(error instanceof MissingFileError)) throw error;
      missing.push(file);
    }
  }
  return missing;
}

/** Tensors that are not where the index says, or in more files than one. Those that the index does not name are left alone. */
function compare(fileOf: ReadonlyMap<string, string>, shards: ReadonlyMap<string, CheckpointParts>): string[] {
  const absent = [...fileOf].filter(([name, file]) => shards.has(file) && !shards.get(file)?.entries.has(name));
  const doubled = [...fileOf].filter(([name, file]) =>
    [...shards].some(([other, shard]) => other !== file && shard.entries.has(name)),
  );
  return [
    ...(absent.length > 0 ? [`absent from their files: ${listNames(absent.map(([name]) => name))}`] : []),
    ...(doubled.length > 0 ? [`in more than one file: ${listNames(doubled.map(([name]) => name))}`] : []),
  ];
}

function gather(fileOf: ReadonlyMap<string, string>, shards: ReadonlyMap<string, CheckpointParts>) {
  const entries = new Map<string, ReadableEntry>();
  for (const [file, shard] of shards) {
    for (const [name, entry] of shard.entries) if (fileOf.get(name) === file) entries.set(name, entry);
  }
  return { format: ([...shards.values()][0] as CheckpointParts).format, entries };
}

const filesOf = (shards: ReadonlyMap<string, CheckpointParts>): string[] =>
  [...shards.values()].flatMap((shard) => shard.files);

const incomplete = (path: string, problems: readonly string[]) =>
  fileProblem(
    path,
    `the shards do not fit the index: ${problems.join('; ')}`,
    'Fetch all files of one version of the model.',
  );

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

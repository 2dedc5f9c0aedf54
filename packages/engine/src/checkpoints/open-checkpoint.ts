import { basename } from 'node:path';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { RegularFile } from '../weights/regular-file';
import { type Checkpoint, type CheckpointParts, createCheckpoint, type ReadableEntry } from './checkpoint';
import { findCheckpointFile } from './checkpoint-folder';
import { verifySha256 } from './checksum';
import { DETECTION_BYTES, detectFileKind, type FileKind } from './detect-format';
import { fileProblem, listNames } from './file-problem';
import { ggufParts } from './gguf/gguf-checkpoint';
import { type PytorchOptions, pytorchParts } from './pytorch/pytorch-checkpoint';
import { safetensorsParts } from './safetensors-checkpoint';
import { shardedParts } from './sharded-index';

/** How a checkpoint is opened. */
export interface OpenCheckpointOptions extends PytorchOptions {
  /** Checksums by file name, checked before a file is opened: 64 hexadecimal digits each. Files that are not named are not checked. */
  readonly sha256?: Readonly<Record<string, string>> | undefined;
  /** Checked while checksums are computed. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens weights in any of the forms people have: safetensors, files of torch.save (never executed), GGUF, an index of shards,
 * several files that make up one model, or the folder that holds one of these. The format is told by the content.
 * @throws MissingFileError, InvalidFileError (damaged, hostile, a Git LFS pointer, a web page, another checksum)
 * @throws InvalidArgumentError (no file, or several that hold tensors of one name), AbortedError
 * @example
 * const checkpoint = await openCheckpoint('model.pt', { root: 'state_dict_backbone' });
 * for await (const [name, tensor] of checkpoint.tensors()) use(name, tensor); // one in memory at a time
 * await checkpoint.dispose();
 */
export async function openCheckpoint(
  source: string | readonly string[],
  options: OpenCheckpointOptions = {},
): Promise<Checkpoint> {
  const paths = typeof source === 'string' ? [source] : source;
  const opened: CheckpointParts[] = [];
  const close = async () => void (await Promise.all(opened.map((parts) => parts.close())));
  try {
    for (const path of paths) opened.push(await openParts(await findCheckpointFile(path), options));
    const [first] = opened;
    if (first === undefined) throw nothingGiven();
    return createCheckpoint(opened.length === 1 ? first : { ...joinParts(opened), close });
  } catch (error) {
    await close();
    throw error;
  }
}

/** One file, and for an index all that it names. */
async function openParts(path: string, options: OpenCheckpointOptions): Promise<CheckpointParts> {
  const found = await openFile(path, options);
  return found === 'json' ? shardedParts(path, (shard) => openShard(shard, options)) : found;
}

/** A shard is a file of weights: an index that names an index could name itself. */
async function openShard(path: string, options: OpenCheckpointOptions): Promise<CheckpointParts> {
  const found = await openFile(path, options);
  if (found === 'json') throw fileProblem(path, 'JSON where a file of weights is expected');
  return found;
}

async function openFile(path: string, options: OpenCheckpointOptions): Promise<CheckpointParts | 'json'> {
  const expected = options.sha256?.[basename(path)];
  if (expected !== undefined) await verifySha256(path, expected, { signal: options.signal });
  const file = await RegularFile.open(path);
  try {
    const kind = detectFileKind(await file.read(0, Math.min(DETECTION_BYTES, file.sizeBytes)), path);
    if (kind !== 'json') return await readParts(file, kind, options);
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return 'json';
}

async function readParts(
  file: RegularFile,
  kind: Exclude<FileKind, 'json'>,
  options: OpenCheckpointOptions,
): Promise<CheckpointParts> {
  if (kind === 'safetensors') return safetensorsParts(file);
  return kind === 'gguf' ? ggufParts(file) : pytorchParts(file, kind, options);
}

/** Files that make up one model: no tensor is in two of them. */
function joinParts(opened: readonly CheckpointParts[]): Omit<CheckpointParts, 'close'> {
  const entries = new Map<string, ReadableEntry>();
  const doubled: string[] = [];
  for (const parts of opened) {
    for (const [name, entry] of parts.entries) {
      if (entries.has(name)) doubled.push(name);
      entries.set(name, entry);
    }
  }
  const files = opened.flatMap((parts) => parts.files);
  if (doubled.length > 0) {
    throw new InvalidArgumentError({
      message: `openCheckpoint: ${files.join(', ')}: tensors in more than one file: ${listNames(doubled)}`,
      hint: 'Give the shards of one model, or use layerCheckpoints where later files override earlier ones.',
      argument: 'source',
    });
  }
  const formats = new Set(opened.map(({ format }) => format));
  const metadata = Object.assign({}, ...opened.map((parts) => parts.metadata)) as Record<string, unknown>;
  return { format: formats.size === 1 ? (opened[0] as CheckpointParts).format : 'mixed', files, entries, metadata };
}

const nothingGiven = () =>
  new InvalidArgumentError({
    message: 'openCheckpoint: no path was given',
    hint: 'Give a file, the files of one model, or its folder.',
    argument: 'source',
  });

import { type DataType, DisposedError, type HostTensor, InvalidArgumentError } from '@nano-emox/tensor-contract';
import { quoteName } from './file-problem';

/** What a file of weights is, by its content. */
export type CheckpointFormat = 'safetensors' | 'pytorch' | 'gguf';

/** One tensor of a checkpoint, before it is read. */
export interface CheckpointEntry {
  /** Element type the values arrive in. */
  readonly type: DataType;
  readonly dims: readonly number[];
  /** Element type in the file, as its format names it: `F16`, `Q4_1`, … */
  readonly storage: string;
}

/** How tensors of a checkpoint are read. */
export interface ReadTensorOptions {
  /** Checked between reads of at most 4 MiB. */
  readonly signal?: AbortSignal | undefined;
  /** Refuse NaN and infinity in floating-point tensors. @default true */
  readonly requireFinite?: boolean;
}

/** Which tensors are meant: listed names, or those for which a function is true. */
export type TensorFilter = Iterable<string> | ((name: string, entry: CheckpointEntry) => boolean);

/**
 * An open checkpoint. Names, shapes and metadata are known; values are read when they are asked for, one tensor at a time,
 * and belong to the caller. Files stay open until `dispose`.
 */
export interface Checkpoint {
  /** `'mixed'` where files of different formats were put together. */
  readonly format: CheckpointFormat | 'mixed';
  readonly files: readonly string[];
  readonly names: readonly string[];
  readonly entries: ReadonlyMap<string, CheckpointEntry>;
  /** What the file says beside tensors, as plain values; 64-bit integers beyond 2^53 are bigints. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /**
   * Reads one tensor. Floats narrower than 32 bits, and quantised values, arrive as float32.
   * @throws InvalidArgumentError (no such name), InvalidFileError, NonFiniteError, AbortedError, DisposedError
   */
  tensor(name: string, options?: ReadTensorOptions): Promise<HostTensor>;
  /**
   * Reads tensors one after the other, in the order of the files; without a filter all. None is kept.
   * @throws as {@link tensor}
   */
  tensors(filter?: TensorFilter, options?: ReadTensorOptions): AsyncIterable<readonly [string, HostTensor]>;
  /** Closes the files. Idempotent. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A tensor that a format knows how to read. */
export interface ReadableEntry extends CheckpointEntry {
  read(options: ReadTensorOptions): Promise<HostTensor>;
}

/** What a format brings; {@link createCheckpoint} makes the rest. */
export interface CheckpointParts {
  readonly format: Checkpoint['format'];
  readonly files: readonly string[];
  readonly entries: ReadonlyMap<string, ReadableEntry>;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Closes files; called once. */
  close(): Promise<void>;
}

/** The {@link Checkpoint} over the parts of a format. */
export function createCheckpoint(parts: CheckpointParts): Checkpoint {
  const { format, files, entries, metadata } = parts;
  const where = files.join(', ');
  let disposed: Promise<void> | undefined;

  async function tensor(name: string, options: ReadTensorOptions = {}): Promise<HostTensor> {
    if (disposed) {
      throw new DisposedError({ message: `checkpoint ${where}: read after dispose()`, hint: 'Open it again.' });
    }
    return requireEntry(entries, name, where).read(options);
  }

  async function* tensors(filter?: TensorFilter, options?: ReadTensorOptions) {
    for (const name of selectNames(entries, filter, where)) yield [name, await tensor(name, options)] as const;
  }

  const dispose = () => {
    disposed ??= parts.close();
    return disposed;
  };
  const names = [...entries.keys()];
  return { format, files, names, entries, metadata, tensor, tensors, dispose, [Symbol.asyncDispose]: dispose };
}

/** The names that a filter means, in the order of `entries`. @throws InvalidArgumentError on a listed name that is absent */
function selectNames(
  entries: ReadonlyMap<string, CheckpointEntry>,
  filter: TensorFilter | undefined,
  where: string,
): string[] {
  const names = [...entries.keys()];
  if (filter === undefined) return names;
  if (typeof filter === 'function') {
    return names.filter((name) => filter(name, entries.get(name) as CheckpointEntry));
  }
  const wanted = new Set(filter);
  for (const name of wanted) requireEntry(entries, name, where);
  return names.filter((name) => wanted.has(name));
}

function requireEntry<T>(entries: ReadonlyMap<string, T>, name: string, where: string): T {
  const entry = entries.get(name);
  if (entry !== undefined) return entry;
  throw new InvalidArgumentError({
    message: `checkpoint ${where}: no tensor ${quoteName(name)} among ${entries.size}`,
    hint: 'Ask for one of checkpoint.names.',
    argument: 'name',
  });
}

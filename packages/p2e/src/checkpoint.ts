import { createHash } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingState } from '@nano-emox/engine/training';
import {
  fileError,
  prefixWeights,
  readSafetensors,
  safetensorsChunks,
  scopeWeights,
  stageFile,
} from '@nano-emox/engine/weights';
import { type HostTensor, InvalidFileError, NanoEmoxError } from '@nano-emox/tensor-contract';
import type { BestSoFar } from './best-weights';
import { hashTensors } from './fingerprint';
import type { SamplerPosition } from './sampler';

/** A batch whose gradient is in the sum of an update that is not complete. */
export interface SummedBatch {
  readonly dataSet: string;
  readonly loss: number;
  readonly samples: number;
  readonly tokens?: number;
}

/** Everything a phase needs to continue bit for bit, in one file that appears whole or not at all. */
export interface Checkpoint {
  readonly sampler: SamplerPosition;
  readonly training: TrainingState;
  /** Batches of the update in progress, where gradients are accumulated. */
  readonly summed: readonly SummedBatch[];
  /** What validation found, where there is one. */
  readonly best?: BestSoFar;
}

/** A damaged checkpoint that was set aside. */
export interface DamagedCheckpoint {
  readonly path: string;
  readonly message: string;
}

/** Root of the best weights in the file; the state of the optimiser has the names of its learning-rate groups. */
const BEST = 'best weights';

/**
 * The checkpoint of one phase in a folder, and the one before it, which serves when a disk has damaged the latest. Both
 * carry a checksum. A writer may be killed at any moment: there is always a whole file.
 */
export class CheckpointFile {
  readonly path: string;
  private readonly previousPath: string;

  constructor(
    folder: string,
    phase: string,
    private readonly fingerprint: string,
  ) {
    this.path = join(folder, `${phase}.checkpoint.safetensors`);
    this.previousPath = `${this.path}.previous`;
  }

  /** @throws InvalidFileError when the file cannot be written, such as on a full disk; the one there before stays */
  async write({ sampler, training, summed, best }: Checkpoint): Promise<void> {
    const tensors = new Map<string, HostTensor>([
      ...Object.entries(training.tensors),
      ...prefixWeights(best?.weights ?? new Map(), BEST),
    ]);
    const { tensors: _state, ...position } = training;
    const { weights: _best, ...verdict } = best ?? { weights: undefined };
    const progress = JSON.stringify({ position, sampler, summed, ...(best && { verdict }) });
    const { fingerprint } = this;
    const metadata = { fingerprint, progress, checksum: checksumOf(fingerprint, progress, tensors) };
    const staged = await stageFile(this.path, safetensorsChunks(tensors, metadata, {}));
    // Killed between the two renames, a run continues from the previous file.
    await rename(this.path, this.previousPath).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return;
      await staged.discard();
      throw fileError(error, this.path, 'written');
    });
    await staged.commit();
  }

  /**
   * The latest whole checkpoint; a damaged one is renamed and reported.
   * @throws InvalidFileError when the checkpoint belongs to another run, or is damaged and there is none before it
   */
  async read(): Promise<{ readonly checkpoint?: Checkpoint; readonly damaged?: DamagedCheckpoint }> {
    const latest = await this.readOne(this.path);
    if (latest && !NanoEmoxError.isInstance(latest)) return { checkpoint: latest };
    const previous = await this.readOne(this.previousPath);
    if (NanoEmoxError.isInstance(previous)) throw latest ?? previous;
    if (!latest) return { ...(previous && { checkpoint: previous }) };
    if (!previous) throw latest;
    // Out of the way, or the next write would put it in the place of the good one.
    const path = `${this.path}.damaged`;
    await rename(this.path, path);
    return { checkpoint: previous, damaged: { path, message: latest.message } };
  }

  /** A checkpoint, undefined when there is none, or what is wrong with its content. */
  private async readOne(path: string): Promise<Checkpoint | NanoEmoxError | undefined> {
    const file = await readSafetensors(path).catch((error: unknown) => {
      if (!NanoEmoxError.isInstance(error)) throw error;
      if (error.code === 'MISSING_FILE') return undefined;
      if (error.cause === undefined) return error;
      throw error; // the file system failed; the content may be fine
    });
    if (file === undefined || NanoEmoxError.isInstance(file)) return file;
    const { tensors, metadata } = file;
    const { fingerprint = '', progress = '', checksum } = metadata;
    if (checksum !== checksumOf(fingerprint, progress, tensors)) return damaged(path);
    if (fingerprint !== this.fingerprint) throw otherRun(path);
    return parseCheckpoint(progress, tensors);
  }
}

function parseCheckpoint(progress: string, tensors: ReadonlyMap<string, HostTensor>): Checkpoint {
  const { position, sampler, summed, verdict } = JSON.parse(progress) as Pick<Checkpoint, 'sampler' | 'summed'> & {
    readonly position: Omit<TrainingState, 'tensors'>;
    readonly verdict?: Omit<BestSoFar, 'weights'>;
  };
  const state = [...tensors].filter(([name]) => !name.startsWith(`${BEST}.`));
  return {
    sampler,
    summed,
    training: { ...position, tensors: Object.fromEntries(state) },
    ...(verdict && { best: { ...verdict, weights: scopeWeights(tensors, BEST) } }),
  };
}

function checksumOf(fingerprint: string, progress: string, tensors: ReadonlyMap<string, HostTensor>): string {
  const hash = createHash('sha256').update(fingerprint).update(progress);
  hashTensors(hash, tensors);
  return hash.digest('hex');
}

const damaged = (path: string) =>
  new InvalidFileError({
    message: `${path} is damaged: its content does not have its checksum`,
    hint: 'Restore the file from a backup, or delete it to start the phase anew.',
    path,
  });

const otherRun = (path: string) =>
  new InvalidFileError({
    message: `${path} belongs to a run with other settings`,
    hint: 'Phase, seed, starting weights and data must be the same. Choose another folder, or delete the file to start anew.',
    path,
  });

import { rmSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adamWDefaults, decaysByDefault } from '@nano-emox/engine/training';
import { readSafetensors, writeSafetensors } from '@nano-emox/engine/weights';
import type { FloatTensor, HostTensor } from '@nano-emox/tensor-contract';

/** One learning rate of all that trains: losses are compared, not models. */
export const learningRate = 1e-4;

/** Parameters that one group of an optimiser holds. */
interface StoredGroup {
  readonly weightDecay: number;
  readonly names: readonly string[];
}

/** A training problem as every contestant reads it from a folder. */
export interface StoredProblem<Config = unknown> {
  readonly config: Config;
  readonly threads: number;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** All parameters that train. */
  readonly groups: readonly StoredGroup[];
}

/** What a problem consists of. */
export interface ProblemParts {
  readonly config: unknown;
  readonly threads: number;
  readonly weights: ReadonlyMap<string, FloatTensor>;
  readonly batch: Readonly<Record<string, HostTensor>>;
  readonly isTrained: (name: string) => boolean;
}

const files = { settings: 'problem.json', weights: 'weights.safetensors', batch: 'batch.safetensors' };

/** A temporary folder; `remove` deletes it, and so does the end of this process. */
export async function temporaryFolder(): Promise<{ folder: string; remove(): void }> {
  const folder = await mkdtemp(join(tmpdir(), 'nano-emox-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  return { folder, remove };
}

/** Writes a problem for contestants in other processes. */
export async function writeProblem(problem: ProblemParts): Promise<{ folder: string; remove(): void }> {
  const { config, threads, weights, batch, isTrained } = problem;
  const { weightDecay, ...constants } = adamWDefaults;
  const trained = [...weights].filter(([name]) => isTrained(name));
  const namesWhere = (decays: boolean) =>
    trained.filter(([name, { dims }]) => decaysByDefault(name, dims) === decays).map(([name]) => name);
  const groups: StoredGroup[] = [
    { weightDecay, names: namesWhere(true) },
    { weightDecay: 0, names: namesWhere(false) },
  ];
  const stored: StoredProblem = { config, threads, learningRate, ...constants, groups };
  const place = await temporaryFolder();
  await writeSafetensors(join(place.folder, files.weights), weights);
  await writeSafetensors(join(place.folder, files.batch), new Map(Object.entries(batch)));
  await writeFile(join(place.folder, files.settings), JSON.stringify(stored));
  return place;
}

/** What {@link writeProblem} wrote. */
export async function readProblem<Config>(folder: string) {
  const { tensors: weights } = await readSafetensors(join(folder, files.weights));
  const { tensors: batch } = await readSafetensors(join(folder, files.batch));
  const problem = JSON.parse(await readFile(join(folder, files.settings), 'utf8')) as StoredProblem<Config>;
  return { problem, weights, batch: Object.fromEntries(batch) };
}

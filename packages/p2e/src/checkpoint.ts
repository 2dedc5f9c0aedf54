import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingState } from '@nano-emox/engine/training';
import { prefixWeights, readSafetensors, scopeWeights, writeSafetensors } from '@nano-emox/engine/weights';
import { type HostTensor, InvalidFileError } from '@nano-emox/tensor-contract';
import type { BestSoFar } from './best-weights';
import type { Phase } from './phase';
import type { SamplerPosition } from './sampler';

/** Everything a phase needs to continue bit for bit, in one file that appears whole or not at all. */
export interface Checkpoint {
  readonly phase: string;
  /** Hash of the phase and seed the checkpoint belongs to. */
  readonly fingerprint: string;
  readonly sampler: SamplerPosition;
  readonly training: TrainingState;
  /** What validation found, where there is one. */
  readonly best?: BestSoFar;
}

/** Identifies a phase with its seed, so that a checkpoint of another run is not continued by mistake. */
export function fingerprintOf(phase: Phase, seed: number): string {
  const text = JSON.stringify({ ...phase, seed }, (_, value) => (value instanceof RegExp ? String(value) : value));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

const pathIn = (folder: string, phase: string): string => join(folder, `${phase}.checkpoint.safetensors`);

/** Root of the best weights in the file; the state of the optimiser has the names of its learning-rate groups. */
const BEST = 'best weights';

/** Writes the checkpoint of a phase, replacing the previous one atomically. */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const { phase, fingerprint, sampler, training, best } = checkpoint;
  const tensors = new Map<string, HostTensor>([
    ...Object.entries(training.tensors),
    ...prefixWeights(best?.weights ?? new Map(), BEST),
  ]);
  const validation = best && { score: best.score, step: best.step, judgedStep: best.judgedStep };
  await writeSafetensors(pathIn(folder, phase), tensors, {
    phase,
    fingerprint,
    sampler: JSON.stringify(sampler),
    step: String(training.step),
    ...(validation && { validation: JSON.stringify(validation) }),
  });
}

/** Reads the checkpoint of a phase; undefined when there is none. @throws InvalidFileError when it belongs to another run */
export async function readCheckpoint(
  folder: string,
  phase: string,
  fingerprint: string,
): Promise<Checkpoint | undefined> {
  const path = pathIn(folder, phase);
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists) return undefined;
  const { tensors, metadata } = await readSafetensors(path);
  if (metadata.fingerprint !== fingerprint) {
    throw new InvalidFileError({
      message: `${path} belongs to a run with other settings`,
      hint: 'Choose another run folder, or delete the checkpoint to start the phase anew.',
      path,
    });
  }
  const training = [...tensors].filter(([name]) => !name.startsWith(`${BEST}.`));
  return {
    phase,
    fingerprint,
    sampler: JSON.parse(metadata.sampler as string) as SamplerPosition,
    training: { step: Number(metadata.step), tensors: Object.fromEntries(training) },
    ...(metadata.validation !== undefined && {
      best: {
        ...(JSON.parse(metadata.validation) as Omit<BestSoFar, 'weights'>),
        weights: scopeWeights(tensors, BEST),
      },
    }),
  };
}

import type { Executor, Graph, TensorMap } from '@nano-emox/engine';
import { TrainingSession } from '@nano-emox/engine/training';
import { removeAbandonedFiles } from '@nano-emox/engine/weights';
import { type HostTensor, NanoEmoxError, type RunOptions, throwIfAborted } from '@nano-emox/tensor-contract';
import { BestWeights, type Validation } from './best-weights';
import { type Checkpoint, CheckpointFile } from './checkpoint';
import { decayRuleOf, materialOf } from './deviations';
import type { TrainingEvent } from './events';
import { fingerprintOf } from './fingerprint';
import { groupOfParameter, type Phase, validatePhase } from './phase';
import { PhaseRun } from './phase-run';
import { type DataSet, MixtureSampler } from './sampler';

/** A model the trainer can train: its loss as a graph, its weights, and how samples become a batch. */
export interface TrainableModel<Sample> {
  /** Forward graph with a scalar output `loss`. */
  readonly graph: Graph;
  /** Values of every parameter of the graph. */
  readonly weights: ReadonlyMap<string, HostTensor>;
  /** Inputs of the graph for a batch. */
  collate(samples: readonly Sample[]): TensorMap | Promise<TensorMap>;
  /** Tokens of a batch, for reports of the throughput. */
  countTokens?(batch: TensorMap): number;
}

export interface TrainPhaseOptions<Sample> extends RunOptions {
  readonly model: TrainableModel<Sample>;
  readonly phase: Phase;
  readonly dataSets: readonly DataSet<Sample>[];
  readonly executor: Executor;
  readonly seed: number;
  /** Folder for the checkpoint; absent: none is written and nothing can be resumed. */
  readonly checkpointFolder?: string;
  /** @default 200 */
  readonly checkpointEverySteps?: number;
  readonly validation?: Validation;
  readonly onEvent?: (event: TrainingEvent) => void;
}

export interface PhaseResult {
  /** All weights after the phase: those of the best validation where there is one, else the last. */
  readonly weights: ReadonlyMap<string, HostTensor>;
  /** Updates made. */
  readonly steps: number;
  readonly bestScore: number | undefined;
}

/**
 * Runs one phase, continuing from its checkpoint if there is one, to the same bits as a run that was never stopped. When the
 * signal aborts, a checkpoint is written first.
 * @throws InvalidConfigError, InvalidArgumentError, InvalidFileError (checkpoint of another run, damaged, or the disk is full),
 *   NonFiniteError, AbortedError
 */
export async function trainPhase<Sample>(options: TrainPhaseOptions<Sample>): Promise<PhaseResult> {
  const { model, phase, seed, onEvent = () => undefined, signal } = options;
  validatePhase(phase);
  const { dataSets, mixture } = materialOf(phase, options.dataSets, seed);
  const file = await openCheckpointFile(options);
  const { checkpoint, damaged } = (await file?.read()) ?? {};
  if (damaged) onEvent({ type: 'checkpoint-damaged', phase: phase.name, ...damaged });
  const sampler = new MixtureSampler(dataSets, mixture, seed, checkpoint?.sampler);
  const best = new BestWeights(options.validation, model.weights, checkpoint?.best);
  const session = await openSession(options, checkpoint);
  try {
    const run = new PhaseRun({ ...options, onEvent, session, sampler, best, file }, checkpoint?.summed ?? []);
    try {
      await run.train();
    } catch (error) {
      // A failure that only coincides with an abort may have spoilt the state; that is not worth keeping.
      const isFailure = NanoEmoxError.isInstance(error) && error.code !== 'ABORTED';
      if (!signal?.aborted || isFailure) throw error;
      await run.save();
      throwIfAborted(signal, `phase ${phase.name}`);
    }
    const trained = best.best?.weights ?? (await session.readWeights());
    return {
      weights: new Map<string, HostTensor>([...model.weights, ...trained]),
      steps: session.step,
      bestScore: best.best?.score,
    };
  } finally {
    await session.dispose();
  }
}

/** Also clears away what a killed run left in the folder. */
async function openCheckpointFile<Sample>(options: TrainPhaseOptions<Sample>): Promise<CheckpointFile | undefined> {
  const { checkpointFolder, phase, seed, model, dataSets } = options;
  if (checkpointFolder === undefined) return undefined;
  await removeAbandonedFiles(checkpointFolder);
  const fingerprint = fingerprintOf({ phase, seed, weights: model.weights, dataSets });
  return new CheckpointFile(checkpointFolder, phase.name, fingerprint);
}

function openSession<Sample>(
  { model, phase, executor, signal }: TrainPhaseOptions<Sample>,
  checkpoint: Checkpoint | undefined,
): Promise<TrainingSession> {
  return TrainingSession.open({
    graph: model.graph,
    weights: model.weights,
    executor,
    groupOf: (name) => groupOfParameter(phase, name),
    decays: decayRuleOf(phase),
    accumulationSteps: phase.accumulationSteps ?? 1,
    optimizer: phase.weightDecay === undefined ? {} : { weightDecay: phase.weightDecay },
    ...(phase.clipNorm !== undefined && { clipNorm: phase.clipNorm }),
    ...(checkpoint && { resume: checkpoint.training }),
    signal,
  });
}

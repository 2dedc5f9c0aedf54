import type { Executor, Graph, TensorMap } from '@nano-emox/engine';
import { type Schedule, TrainingSession, warmupCosine } from '@nano-emox/engine/training';
import { type HostTensor, NanoEmoxError, type RunOptions, throwIfAborted } from '@nano-emox/tensor-contract';
import { BestWeights, type Validation } from './best-weights';
import { fingerprintOf, readCheckpoint, writeCheckpoint } from './checkpoint';
import { groupOfParameter, type Phase, validatePhase } from './phase';
import { type DataSet, MixtureSampler, type SamplerPosition } from './sampler';

/** A model the trainer can train: its loss as a graph, its weights, and how samples become a batch. */
export interface TrainableModel<Sample> {
  /** Forward graph with a scalar output `loss`. */
  readonly graph: Graph;
  /** Values of every parameter of the graph. */
  readonly weights: ReadonlyMap<string, HostTensor>;
  /** Inputs of the graph for a batch. */
  collate(samples: readonly Sample[]): TensorMap | Promise<TensorMap>;
}

/** What happens while a phase runs. */
export type TrainingEvent =
  | {
      readonly type: 'phase-start';
      readonly phase: string;
      readonly step: number;
      readonly steps: number;
      readonly trainedParameters: number;
    }
  | {
      readonly type: 'step-end';
      readonly phase: string;
      readonly step: number;
      readonly steps: number;
      readonly dataSet: string;
      readonly loss: number;
      readonly gradientNorm: number;
      readonly learningRates: Readonly<Record<string, number>>;
      readonly durationMs: number;
    }
  | {
      readonly type: 'validation-end';
      readonly phase: string;
      readonly step: number;
      readonly score: number;
      readonly metrics: Readonly<Record<string, number>>;
      readonly isBest: boolean;
    }
  | { readonly type: 'checkpoint-end'; readonly phase: string; readonly step: number }
  | { readonly type: 'phase-end'; readonly phase: string; readonly step: number };

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
  readonly steps: number;
  readonly bestScore: number | undefined;
}

/**
 * Runs one phase, continuing from its checkpoint if there is one. When the signal aborts, a checkpoint is written first.
 * @throws InvalidConfigError, InvalidArgumentError, NonFiniteError, AbortedError
 */
export async function trainPhase<Sample>(options: TrainPhaseOptions<Sample>): Promise<PhaseResult> {
  const { model, phase, dataSets, executor, seed, checkpointFolder, onEvent = () => undefined, signal } = options;
  validatePhase(phase);
  const fingerprint = fingerprintOf(phase, seed);
  const checkpoint =
    checkpointFolder === undefined ? undefined : await readCheckpoint(checkpointFolder, phase.name, fingerprint);
  const sampler = new MixtureSampler(dataSets, phase.mixture, seed, checkpoint?.sampler);
  const session = await TrainingSession.open({
    graph: model.graph,
    weights: model.weights,
    executor,
    groupOf: (name) => groupOfParameter(phase, name),
    optimizer: phase.weightDecay === undefined ? {} : { weightDecay: phase.weightDecay },
    ...(phase.clipNorm !== undefined && { clipNorm: phase.clipNorm }),
    ...(checkpoint && { resume: checkpoint.training }),
    signal,
  });
  const best = new BestWeights(options.validation, model.weights, checkpoint?.best);
  const save = async (position: SamplerPosition) => {
    if (checkpointFolder === undefined) return;
    await writeCheckpoint(checkpointFolder, {
      phase: phase.name,
      fingerprint,
      sampler: position,
      training: await session.readState(),
      ...(best.best && { best: best.best }),
    });
    onEvent({ type: 'checkpoint-end', phase: phase.name, step: session.step });
  };
  const judge = async () => {
    const verdict = await best.consider(session.step, phase.steps, () => session.readWeights(), { signal });
    if (verdict) onEvent({ type: 'validation-end', phase: phase.name, ...verdict });
  };
  const schedules = schedulesOf(phase);
  try {
    onEvent({
      type: 'phase-start',
      phase: phase.name,
      step: session.step,
      steps: phase.steps,
      trainedParameters: session.parameterCount,
    });
    // The next batch is drawn while the runtime works on this one; a checkpoint records the position before that draw.
    let upcoming = drawBatch(model, sampler, phase.batchSize);
    try {
      await judge(); // a run that was stopped while it judged left that to do
      while (session.step < phase.steps) {
        throwIfAborted(signal, `phase ${phase.name}`);
        const startedMs = performance.now();
        const { dataSet, batch } = await upcoming.batch;
        const learningRates = Object.fromEntries(schedules.map(([group, schedule]) => [group, schedule(session.step)]));
        const running = session.update(batch, { learningRates });
        upcoming = drawBatch(model, sampler, phase.batchSize);
        const { loss, gradientNorm } = await running;
        const { step } = session;
        const durationMs = performance.now() - startedMs;
        onEvent({
          type: 'step-end',
          phase: phase.name,
          step,
          steps: phase.steps,
          dataSet,
          loss,
          gradientNorm,
          learningRates,
          durationMs,
        });
        await judge();
        if (step % (options.checkpointEverySteps ?? 200) === 0 || step === phase.steps) await save(upcoming.position);
      }
    } catch (error) {
      // A failure that only coincides with an abort may have spoilt the state; that is not worth keeping.
      const isFailure = NanoEmoxError.isInstance(error) && error.code !== 'ABORTED';
      if (!signal?.aborted || isFailure) throw error;
      await save(upcoming.position);
      throwIfAborted(signal, `phase ${phase.name}`);
    }
    onEvent({ type: 'phase-end', phase: phase.name, step: session.step });
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

/** Draws now, reads and collates in the background. */
function drawBatch<Sample>(model: TrainableModel<Sample>, sampler: MixtureSampler<Sample>, batchSize: number) {
  const { position } = sampler;
  const batch = sampler
    .next(batchSize)
    .then(async ({ dataSet, samples }) => ({ dataSet, batch: await model.collate(samples) }));
  // A batch that is never awaited, because training ended or failed, must not become an unhandled rejection.
  batch.catch(() => undefined);
  return { position, batch };
}

function schedulesOf(phase: Phase): [string, Schedule][] {
  return Object.entries(phase.learningRates).map(([group, { initial, minimum = initial, warmup = 0 }]) => [
    group,
    warmupCosine({
      warmupLearningRate: warmup,
      initialLearningRate: initial,
      minimumLearningRate: minimum,
      warmupSteps: phase.warmupSteps ?? 0,
      totalSteps: phase.steps,
    }),
  ]);
}

import type { TensorMap } from '@nano-emox/engine';
import type { StepResult, TrainingSession } from '@nano-emox/engine/training';
import { throwIfAborted } from '@nano-emox/tensor-contract';
import type { BestWeights } from './best-weights';
import type { CheckpointFile, SummedBatch } from './checkpoint';
import type { TrainingEvent } from './events';
import type { MixtureSampler, SamplerPosition } from './sampler';
import { learningRatesOf } from './schedule';
import type { TrainPhaseOptions } from './train-phase';

/** A phase with everything opened that it needs. */
interface PhaseRunParts<Sample> extends TrainPhaseOptions<Sample> {
  readonly onEvent: (event: TrainingEvent) => void;
  readonly session: TrainingSession;
  readonly sampler: MixtureSampler<Sample>;
  readonly best: BestWeights;
  readonly file: CheckpointFile | undefined;
}

/** A batch on its way: drawn at once, read and collated in the background. */
interface UpcomingBatch {
  /** Where the sampler stood before the draw. */
  readonly position: SamplerPosition;
  readonly ready: Promise<{ readonly dataSet: string; readonly samples: number; readonly inputs: TensorMap }>;
}

/** The loop of one phase. The next batch is drawn while the runtime works on this one. */
export class PhaseRun<Sample> {
  private readonly learningRates: ReturnType<typeof learningRatesOf>;
  private upcoming: UpcomingBatch | undefined;

  constructor(
    private readonly parts: PhaseRunParts<Sample>,
    /** Batches of the update in progress. */
    private summed: readonly SummedBatch[],
  ) {
    this.learningRates = learningRatesOf(parts.phase);
  }

  /** Steps, verdicts and checkpoints up to the end of the phase. */
  async train(): Promise<void> {
    const { session, phase, best, onEvent, signal } = this.parts;
    const { name, steps } = phase;
    const { step: firstStep, parameterCount } = session;
    onEvent({ type: 'phase-start', phase: name, step: firstStep, steps, trainedParameters: parameterCount });
    const startedMs = performance.now();
    await this.judge(); // a run that was stopped while it judged left that to do
    while (!this.isDone) {
      throwIfAborted(signal, `phase ${name}`);
      await this.update((finishedMs) => {
        const msPerStep = (finishedMs - startedMs) / (session.step - firstStep);
        return msPerStep * (steps - session.step);
      });
      await this.judge();
      if (session.step % (this.parts.checkpointEverySteps ?? 200) === 0 || this.isDone) await this.save();
    }
    onEvent({ type: 'phase-end', phase: name, step: session.step, reason: best.isExhausted ? 'patience' : 'steps' });
  }

  /** Writes a checkpoint, in the middle of an update too. */
  async save(): Promise<void> {
    const { file, session, best, sampler, phase, onEvent } = this.parts;
    if (!file) return;
    await file.write({
      sampler: this.upcoming?.position ?? sampler.position,
      training: await session.readState(),
      summed: this.summed,
      ...(best.best && { best: best.best }),
    });
    onEvent({ type: 'checkpoint-end', phase: phase.name, step: session.step });
  }

  private get isDone(): boolean {
    const { session, phase, best } = this.parts;
    return session.step >= phase.steps || best.isExhausted;
  }

  /** One update, of one batch or of several. */
  private async update(remainingMsAt: (finishedMs: number) => number): Promise<void> {
    const { session, phase, onEvent, signal } = this.parts;
    const startedMs = performance.now();
    const resumedBatches = this.summed.length;
    const learningRates = this.learningRates(session.step);
    for (;;) {
      const { isUpdate, gradientNorm } = await this.learnFromBatch(learningRates);
      if (isUpdate) {
        const finishedMs = performance.now();
        const durationMs = finishedMs - startedMs;
        const pace = paceOf(this.summed.slice(resumedBatches), durationMs);
        const progress = { step: session.step, steps: phase.steps, remainingMs: remainingMsAt(finishedMs) };
        const facts = { ...factsOf(this.summed), gradientNorm, learningRates, durationMs };
        this.summed = [];
        onEvent({ type: 'step-end', phase: phase.name, ...progress, ...facts, ...pace });
        return;
      }
      throwIfAborted(signal, `phase ${phase.name}`);
    }
  }

  private async learnFromBatch(learningRates: Readonly<Record<string, number>>): Promise<StepResult> {
    const { session, model, phase, onEvent } = this.parts;
    const batches = phase.accumulationSteps ?? 1;
    const step = session.step + 1;
    this.upcoming ??= this.draw();
    const { dataSet, samples, inputs } = await this.upcoming.ready;
    const running = session.update(inputs, { learningRates });
    this.upcoming = this.draw();
    const result = await running;
    const { loss } = result;
    const tokens = model.countTokens?.(inputs);
    this.summed = [...this.summed, { dataSet, loss, samples, ...(tokens !== undefined && { tokens }) }];
    if (batches > 1) {
      onEvent({ type: 'batch-end', phase: phase.name, step, batch: this.summed.length, batches, dataSet, loss });
    }
    return result;
  }

  private async judge(): Promise<void> {
    const { best, session, phase, onEvent, signal } = this.parts;
    const verdict = await best.consider(session.step, phase.steps, () => session.readWeights(), { signal });
    if (verdict) onEvent({ type: 'validation-end', phase: phase.name, ...verdict });
  }

  private draw(): UpcomingBatch {
    const { sampler, model, phase } = this.parts;
    const { position } = sampler;
    const ready = sampler.next(phase.batchSize).then(async ({ dataSet, samples }) => ({
      dataSet,
      samples: samples.length,
      inputs: await model.collate(samples),
    }));
    // A batch that is never awaited, because training ended or failed, must not become an unhandled rejection.
    ready.catch(() => undefined);
    return { position, ready };
  }
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** What the batches of an update amount to. */
function factsOf(batches: readonly SummedBatch[]) {
  const tokens = batches.flatMap((batch) => (batch.tokens === undefined ? [] : [batch.tokens]));
  return {
    dataSets: batches.map(({ dataSet }) => dataSet),
    loss: total(batches.map(({ loss }) => loss)) / batches.length,
    samples: total(batches.map(({ samples }) => samples)),
    ...(tokens.length > 0 && { tokens: total(tokens) }),
  };
}

/** Throughput of the batches that this run has worked on itself. */
function paceOf(batches: readonly SummedBatch[], durationMs: number) {
  const { samples, tokens } = factsOf(batches);
  return {
    samplesPerSecond: (1000 * samples) / durationMs,
    ...(tokens !== undefined && { tokensPerSecond: (1000 * tokens) / durationMs }),
  };
}

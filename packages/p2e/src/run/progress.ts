import type { TrainingEvent } from '../events';
import type { Phase } from '../phase';
import { lossAverage } from './smoothing';

/** How much a phase has to do. */
export type PlannedPhase = Pick<Phase, 'name' | 'steps' | 'batchSize' | 'accumulationSteps'>;

/** Where a run stands. */
export interface Progress {
  readonly phase: string;
  /** Steps of the phase, done and planned. */
  readonly step: number;
  readonly steps: number;
  /** Part of all samples of all phases that is done, 0 to 1. */
  readonly fraction: number;
  /** Moving average over the phase; absent before its first step. */
  readonly loss?: number;
  /** Pace of this phase since it began or was continued; validation and checkpoints take their part. */
  readonly samplesPerSecond?: number;
  /**
   * Time to the end of the last phase. Phases to come are taken to have the pace of this one, per sample: an estimate that
   * becomes good as the last phase goes on.
   */
  readonly remainingMs?: number;
}

/**
 * Follows a run through its events.
 * @param phases - all phases, in order
 * @param nowMs - a clock, in milliseconds
 * @returns takes an event and says where the run stands after it
 * @example
 * const progress = progressOf(curriculum.phases);
 * await trainCurriculum({ ..., onEvent: (event) => print(progress(event)) });
 */
export function progressOf(
  phases: readonly PlannedPhase[],
  nowMs: () => number = () => performance.now(),
): (event: TrainingEvent) => Progress {
  const samplesOf = ({ steps, batchSize, accumulationSteps = 1 }: PlannedPhase) =>
    steps * batchSize * accumulationSteps;
  const total = phases.reduce((sum, phase) => sum + samplesOf(phase), 0);
  let current = { name: '', step: 0, steps: 0, startedMs: 0, samples: 0, loss: lossAverage(1) };
  let pace: number | undefined; // samples per millisecond

  const doneSamples = (): number => {
    const position = phases.findIndex(({ name }) => name === current.name);
    if (position < 0) return 0;
    const before = phases.slice(0, position).reduce((sum, phase) => sum + samplesOf(phase), 0);
    return before + (samplesOf(phases[position] as PlannedPhase) * current.step) / Math.max(1, current.steps);
  };

  return (event) => {
    if (event.type === 'phase-start') {
      const { phase: name, step, steps } = event;
      current = { name, step, steps, startedMs: nowMs(), samples: 0, loss: lossAverage(steps) };
    } else if (event.type === 'step-end') {
      current.step = event.step;
      current.samples += event.samples;
      current.loss.add(event.loss);
      const elapsedMs = nowMs() - current.startedMs;
      if (elapsedMs > 0) pace = current.samples / elapsedMs;
    } else if (event.type === 'phase-end') {
      current.step = current.steps; // what patience has left out is not to come
    }
    const done = doneSamples();
    const { name: phase, step, steps, loss, samples } = current;
    return {
      phase,
      step,
      steps,
      fraction: total === 0 ? 0 : done / total,
      ...(loss.value !== undefined && { loss: loss.value }),
      ...(pace !== undefined && samples > 0 && { samplesPerSecond: 1000 * pace }),
      ...(pace !== undefined && pace > 0 && { remainingMs: (total - done) / pace }),
    };
  };
}

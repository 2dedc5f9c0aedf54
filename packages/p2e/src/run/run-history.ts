import { setImmediate as letOthersRun } from 'node:timers/promises';
import { type RunOptions, throwIfAborted } from '@nano-emox/tensor-contract';
import type { StepEndEvent, TrainingEvent, ValidationEndEvent } from '../events';
import { Curve } from './curve';
import { readMetrics } from './metrics-log';
import { lossAverage, type MovingAverage } from './smoothing';

/** What one process left in the metrics. */
export interface SessionHistory {
  /** ISO 8601. */
  lastSeen: string;
  /** Updates that later sessions did not have to repeat. */
  steps: number;
}

/** A verdict on held-out data. */
export type Validated = Pick<ValidationEndEvent, 'step' | 'score' | 'metrics' | 'isBest'>;

/** What is known of a phase. */
export interface PhaseHistory {
  readonly phase: string;
  readonly steps: number;
  readonly trainedParameters: number;
  lastStep: number;
  /** Why it ended; absent while it runs. */
  ended?: string;
  readonly loss: Curve;
  readonly smoothLoss: Curve;
  readonly average: MovingAverage;
  readonly learningRates: Map<string, Curve>;
  /** In order; thinned out where there are very many. */
  validations: Validated[];
  best?: Validated;
  samples: number;
  /** Time in steps; validation and checkpoints are not in it. */
  stepsMs: number;
}

/** A whole run, in memory that does not grow with its steps. */
export interface RunHistory {
  readonly phases: PhaseHistory[];
  /** By number, from 1. */
  readonly sessions: Map<number, SessionHistory>;
}

const MAX_VALIDATIONS = 400;
/** Lines read in one go: some milliseconds, in which training does not advance. */
const LINES_AT_ONCE = 1000;

/** Reads the metrics of a run. @throws MissingFileError, InvalidFileError, AbortedError */
export async function readHistory(path: string, { signal }: RunOptions = {}): Promise<RunHistory> {
  const history: RunHistory = { phases: [], sessions: new Map() };
  let lines = 0;
  for (const line of readMetrics(path)) {
    const steps = (history.sessions.get(line.session)?.steps ?? 0) + (line.type === 'step-end' ? 1 : 0);
    history.sessions.set(line.session, { lastSeen: line.time, steps });
    addEvent(history.phases, line);
    if (++lines % LINES_AT_ONCE === 0) {
      await letOthersRun();
      throwIfAborted(signal, `reading ${path}`);
    }
  }
  return history;
}

function addEvent(phases: PhaseHistory[], event: TrainingEvent): void {
  const known = phases.find(({ phase }) => phase === event.phase);
  if (event.type === 'phase-start' && !known) phases.push(newPhase(event.phase, event.steps, event.trainedParameters));
  if (!known) return;
  if (event.type === 'phase-start') delete known.ended;
  if (event.type === 'step-end') addStep(known, event);
  if (event.type === 'validation-end') addValidation(known, event);
  if (event.type === 'phase-end') known.ended = event.reason === 'patience' ? 'stopped early' : 'complete';
}

function newPhase(phase: string, steps: number, trainedParameters: number): PhaseHistory {
  return {
    phase,
    steps,
    trainedParameters,
    lastStep: 0,
    loss: new Curve(),
    smoothLoss: new Curve(),
    average: lossAverage(steps),
    learningRates: new Map(),
    validations: [],
    samples: 0,
    stepsMs: 0,
  };
}

function addStep(history: PhaseHistory, { step, loss, learningRates, samples, durationMs }: StepEndEvent): void {
  history.lastStep = step;
  history.samples += samples;
  history.stepsMs += durationMs;
  history.loss.add(step, loss);
  history.smoothLoss.add(step, history.average.add(loss) ?? Number.NaN);
  for (const [group, rate] of Object.entries(learningRates)) {
    const curve = history.learningRates.get(group) ?? new Curve();
    history.learningRates.set(group, curve);
    curve.add(step, rate);
  }
}

function addValidation(history: PhaseHistory, { step, score, metrics, isBest }: ValidationEndEvent): void {
  const validated = { step, score, metrics, isBest };
  history.validations.push(validated);
  if (isBest) history.best = validated;
  if (history.validations.length <= MAX_VALIDATIONS) return;
  history.validations = history.validations.filter((each, index) => index % 2 === 1 || each === history.best);
}

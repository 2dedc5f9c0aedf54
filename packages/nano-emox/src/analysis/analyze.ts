import type { MediaSource } from '@nano-emox/media';
import { modeForModalities, type TaskId, taskIds } from '@nano-emox/tasks';
import { InvalidArgumentError, throwIfAborted } from '@nano-emox/tensor-contract';
import { type AskOptions, askTask, type Question } from './ask-task';
import { decideEmotion, ownLabels, requireLabelsOf } from './decide-emotion';
import {
  type EncodeClipOptions,
  type EncodedClip,
  type EncodingModel,
  type EncodingObserver,
  encodeClip,
} from './encode-clip';
import { type MomentModel, requireTimedFeatures } from './encode-moments';
import type { AnalysisEvent, AnalysisProgress, ReadClip, StageName, TaskOutcome } from './events';
import { mapPieces } from './map-pieces';
import type { AnalysisResult } from './result';
import { type EmotionMoment, timelineOf } from './timeline';

export interface AnalyzeOptions extends EncodeClipOptions, AskOptions, Pick<Question, 'candidates' | 'dialogue'> {
  /** @default all six */
  readonly tasks?: readonly TaskId[];
  /** Words spoken in the clip; the model does not listen to speech as text. @default '' */
  readonly words?: string;
  /** Whether the perception head, where the model has one, has a say in the emotion. @default true */
  readonly perceptionHead?: boolean;
  /** Whether to tell how the emotion goes along the clip, too, as {@link NanoEmoX.timeline} does. @default false */
  readonly timeline?: boolean;
  /** Sees every event, also when the analysis is awaited. */
  readonly onEvent?: (event: AnalysisEvent) => void;
}

/** A loaded model as the analysis needs it. */
export interface AnalysisModel extends EncodingModel, MomentModel {
  readonly device: string;
  readonly runtimeWarnings: readonly string[];
}

const STAGES = 5;

/** Reads a clip and asks the tasks, event by event. */
export async function* analysisEvents(
  model: AnalysisModel,
  source: MediaSource | EncodedClip,
  options: AnalyzeOptions,
): AsyncGenerator<AnalysisEvent, void, undefined> {
  const { words = '', signal } = options;
  const tasks = checkTasks(options.tasks ?? taskIds);
  const head = options.perceptionHead === false ? undefined : model.components.perceptionHead;
  if (head && (tasks.includes('mer') || options.timeline)) requireLabelsOf(head, options.candidates);
  if (options.timeline && isEncoded(source)) requireTimedFeatures(source);
  const startedMs = performance.now();
  const tracker = new Tracker(STAGES + tasks.length + (options.timeline ? 1 : 0));
  const clip = isEncoded(source) ? source : yield* encodingEvents(model, source, options, tracker);
  tracker.completed = STAGES;

  const mode = modeForModalities(clip.modalities, words !== '');
  const outcomes: Partial<Record<TaskId, TaskOutcome>> = {};
  for (const task of tasks) {
    throwIfAborted(signal, 'analyze');
    yield { type: 'task-start', task, progress: tracker.progress };
    const question: Question = {
      mode,
      words,
      ...(options.dialogue && { dialogue: options.dialogue }),
      ...(options.candidates && { candidates: options.candidates }),
      ...(task === 'mer' && head && ownLabels(head)),
    };
    const answer = askTask(model.components, model.config, clip, task, question, options);
    const answered = yield* mapPieces(answer, (text): AnalysisEvent[] => [{ type: 'task-delta', task, text }]);
    const outcome =
      task === 'mer' && head ? await decideEmotion(head, clip, answered as TaskOutcome<'mer'>, { signal }) : answered;
    outcomes[task] = outcome;
    tracker.timingsMs[task] = outcome.durationMs;
    tracker.completed++;
    yield { type: 'task-end', task, outcome, progress: tracker.progress };
  }
  const timeline = options.timeline ? yield* timelineEvents(model, clip, options, tracker) : undefined;
  const timingsMs = { ...tracker.timingsMs, total: performance.now() - startedMs };
  yield { type: 'analysis-end', result: resultOf(model, clip, { words, mode, outcomes, timeline, timingsMs }) };
}

/** Encodes a clip, relaying its stages; a reader who leaves stops it before the next stage. */
async function* encodingEvents(
  model: AnalysisModel,
  source: MediaSource,
  options: AnalyzeOptions,
  tracker: Tracker,
): AsyncGenerator<AnalysisEvent, EncodedClip, undefined> {
  const leaving = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, leaving.signal]) : leaving.signal;
  const pending = encodeClip(model, source, { ...options, signal }, tracker);
  try {
    yield* tracker.events(pending);
    const clip = await pending;
    yield { type: 'clip-encoded', clip };
    return clip;
  } finally {
    leaving.abort();
    await pending.catch(() => undefined); // the stage in progress ends first
  }
}

async function* timelineEvents(
  model: AnalysisModel,
  clip: EncodedClip,
  options: AnalyzeOptions,
  tracker: Tracker,
): AsyncGenerator<AnalysisEvent, readonly EmotionMoment[], undefined> {
  const startedMs = performance.now();
  yield { type: 'timeline-start', progress: tracker.progress };
  const moments: EmotionMoment[] = [];
  for await (const moment of timelineOf(model, clip, options)) {
    moments.push(moment);
    yield { type: 'timeline-moment', moment };
  }
  const durationMs = performance.now() - startedMs;
  tracker.timingsMs.timeline = durationMs;
  tracker.completed++;
  yield { type: 'timeline-end', moments, durationMs, progress: tracker.progress };
  return moments;
}

function resultOf(
  { config, device, runtimeWarnings }: AnalysisModel,
  clip: EncodedClip,
  facts: {
    words: string;
    mode: AnalysisResult['mode'];
    outcomes: Partial<Record<TaskId, TaskOutcome>>;
    timeline: readonly EmotionMoment[] | undefined;
    timingsMs: AnalysisResult['timingsMs'];
  },
): AnalysisResult {
  return {
    tasks: facts.outcomes as AnalysisResult['tasks'],
    ...(facts.timeline && { timeline: facts.timeline }),
    modalities: clip.modalities,
    mode: facts.mode,
    words: facts.words,
    evidence: clip.evidence,
    ...(clip.gate && { gate: clip.gate }),
    timingsMs: facts.timingsMs,
    model: { preset: config.preset, device },
    warnings: [...clip.warnings, ...runtimeWarnings.map((message) => ({ code: 'runtime', message }) as const)],
  };
}

export function isEncoded(source: MediaSource | EncodedClip): source is EncodedClip {
  return typeof source === 'object' && 'softTokens' in source;
}

function checkTasks(tasks: readonly TaskId[]): readonly TaskId[] {
  const unknown = tasks.filter((task) => !taskIds.includes(task));
  if (tasks.length > 0 && unknown.length === 0) return [...new Set(tasks)];
  throw new InvalidArgumentError({
    message: tasks.length === 0 ? 'analyze: no task was asked for' : `analyze: unknown task ${unknown.join(', ')}`,
    hint: `The tasks are ${taskIds.join(', ')}.`,
    argument: 'tasks',
  });
}

/** Turns stages that report from inside a promise into a stream of events. */
class Tracker implements EncodingObserver {
  completed = 0;
  readonly timingsMs: Partial<Record<StageName | TaskId | 'timeline', number>> = {};
  private readonly queue: AnalysisEvent[] = [];
  private wake: (() => void) | undefined;

  constructor(private readonly total: number) {}

  get progress(): AnalysisProgress {
    return { completed: this.completed, total: this.total };
  }

  readonly stage = async <T>(stage: StageName, work: () => Promise<T>): Promise<T> => {
    const startedMs = performance.now();
    this.push({ type: 'stage-start', stage, progress: this.progress });
    const result = await work();
    const durationMs = performance.now() - startedMs;
    this.timingsMs[stage] = durationMs;
    this.completed++;
    this.push({ type: 'stage-end', stage, durationMs, progress: this.progress });
    return result;
  };

  readonly clipRead = (clip: ReadClip): void => this.push({ type: 'clip-read', ...clip });

  /** Events until `work` settles; a failure of `work` is left to whoever awaits it. */
  async *events(work: Promise<unknown>): AsyncGenerator<AnalysisEvent, void, undefined> {
    let settled = false;
    const settle = () => {
      settled = true;
      this.wake?.();
    };
    work.then(settle, settle);
    for (;;) {
      for (let event = this.queue.shift(); event; event = this.queue.shift()) yield event;
      if (settled) return;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  private push(event: AnalysisEvent): void {
    this.queue.push(event);
    this.wake?.();
  }
}

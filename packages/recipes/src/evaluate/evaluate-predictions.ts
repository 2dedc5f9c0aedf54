import { type AnyTaskId, allTaskIds, type TaskId, taskOf } from '@nano-emox/tasks';
import {
  type ClassScore,
  expectedCalibrationError,
  mainMetrics,
  mean,
  type PredictionRow,
  type RowValue,
  type ScoreOptions,
  type ScoreReport,
  scorePredictions,
} from '@nano-emox/tasks/metrics';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { isRight } from './is-right';
import type { PredictedAnswer } from './predicted-answer';
import type { Provenance, Score } from './score';

/** Options of {@link evaluatePredictions}: what the numbers are about, and how they are taken. */
export type EvaluatePredictionsOptions = Provenance & ScoreOptions;

/** Which answers counted. */
export interface AnswerCounts {
  /** Questions with a gold value. */
  readonly questions: number;
  /** Of these, questions without an answer that could be read, by reason; they count as wrong. */
  readonly unparsed: Readonly<Record<string, number>>;
  /** Questions in the main metric; it leaves out the rest by the published rule. */
  readonly scored: number;
  /** Why questions are left out. */
  readonly skipped: Readonly<Record<string, number>>;
}

/** Scores of one task. */
export interface TaskEvaluation {
  readonly task: AnyTaskId;
  readonly main: { readonly metric: string; readonly value: number; readonly best: number } | undefined;
  /** Of `scorePredictions`. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly perClass?: Readonly<Record<string, ClassScore>>;
  readonly counts: AnswerCounts;
  /** For tasks with a right answer: share of the questions answered rightly, the unparsed ones wrong. From 0 to 1. */
  readonly share?: number;
  /** Of the answers that have a confidence. From 0 to 1; 0 is calibrated. */
  readonly calibrationError?: { readonly value: number; readonly count: number };
}

/** Scores of all tasks of a data set, as plain JSON. */
export interface EvaluationReport extends Provenance {
  readonly tasks: readonly TaskEvaluation[];
  /** Numbers over tasks; absent where a task they need was not asked. */
  readonly summary: {
    /** Mean of the main metrics of MER, MSA and OV-MER. From 0 to 1. */
    readonly perceptionAverage?: number;
    /** Of ERG, in percent. */
    readonly ergHitRate?: number;
  };
  /** Every number of the report, each with all that is needed to measure it again. */
  readonly scores: readonly Score[];
}

/** Tasks of the perception average. */
export const perceptionTasks = ['mer', 'msa', 'ovMer'] as const satisfies readonly TaskId[];

/**
 * Scores answers task by task: the published metrics and their corrected variants, how often the answer is right, and how far
 * confidences are from that. An answer that could not be read is never an error; it counts as wrong.
 * @throws InvalidArgumentError when there are no answers, or a question was answered twice; EndpointError, AbortedError
 */
export async function evaluatePredictions(
  answers: Iterable<PredictedAnswer> | AsyncIterable<PredictedAnswer>,
  options: EvaluatePredictionsOptions,
): Promise<EvaluationReport> {
  const { dataSet, split, seed, command, ...scoring } = options;
  const provenance = { dataSet, split, seed, command };
  const byTask = new Map<AnyTaskId, PredictedAnswer[]>();
  for await (const answer of answers) {
    const known = byTask.get(answer.task);
    if (known) known.push(answer);
    else byTask.set(answer.task, [answer]);
  }
  if (byTask.size === 0) throw nothingToScore(dataSet);
  const tasks: TaskEvaluation[] = [];
  for (const task of allTaskIds) {
    const asked = byTask.get(task);
    if (asked) tasks.push(await evaluateTask(task, asked, scoring));
  }
  const summary = summaryOf(tasks);
  return { ...provenance, tasks, summary, scores: scoresOf(tasks, summary, provenance) };
}

async function evaluateTask(
  task: AnyTaskId,
  answers: readonly PredictedAnswer[],
  options: ScoreOptions,
): Promise<TaskEvaluation> {
  const report = await scorePredictions(task, answers.map(scoredRow), options);
  const { name, best } = mainMetrics[task];
  const value = report.metrics[name];
  const verdicts = answers.map((answer) => ({ answer, right: rightness(answer) }));
  const decided = verdicts.filter((verdict): verdict is typeof verdict & { right: boolean } => {
    return verdict.right !== undefined;
  });
  const sure = decided.filter(({ answer }) => answer.confidence !== undefined);
  const calibration = expectedCalibrationError(
    sure.map(({ answer }) => answer.confidence as number),
    sure.map(({ right }) => right),
  );
  return {
    task,
    main: value === undefined ? undefined : { metric: name, value, best },
    metrics: report.metrics,
    ...(report.perClass && { perClass: report.perClass }),
    counts: countsOf(answers, report),
    ...(decided.length > 0 && { share: decided.filter(({ right }) => right).length / decided.length }),
    ...(sure.length > 0 && { calibrationError: { value: calibration, count: sure.length } }),
  };
}

const rightness = ({ task, gold, prediction, unparsed }: PredictedAnswer): boolean | undefined => {
  const right = isRight(task, gold, prediction);
  return unparsed && right !== undefined ? false : right;
};

/**
 * What the scores are told. A prediction without an answer in it is neutral in the published sentiment score, which makes it
 * right for every negative clip; an answer that could not be read therefore counts as the opposite sentiment.
 */
function scoredRow({ id, task, gold, prediction, unparsed }: PredictedAnswer): PredictionRow {
  if (!unparsed) return { id, gold, prediction };
  return { id, gold, prediction: task === 'msa' ? oppositeSentiment(gold) : '' };
}

const oppositeSentiment = (gold: RowValue): RowValue =>
  (typeof gold === 'number' ? gold > 0 : String(gold) === 'positive') ? 'negative' : 'positive';

function countsOf(answers: readonly PredictedAnswer[], { counts }: ScoreReport): AnswerCounts {
  const unparsed: Record<string, number> = {};
  for (const { unparsed: reason } of answers) if (reason) unparsed[reason] = (unparsed[reason] ?? 0) + 1;
  return { questions: answers.length, unparsed, scored: counts.samples, skipped: counts.reasons };
}

function summaryOf(tasks: readonly TaskEvaluation[]): EvaluationReport['summary'] {
  const mainOf = (task: TaskId) => tasks.find((evaluation) => evaluation.task === task)?.main?.value;
  const perception = perceptionTasks.map(mainOf).filter((value) => value !== undefined);
  const ergHitRate = mainOf('erg');
  return {
    ...(perception.length === perceptionTasks.length && { perceptionAverage: mean(perception) }),
    ...(ergHitRate !== undefined && { ergHitRate }),
  };
}

function scoresOf(
  tasks: readonly TaskEvaluation[],
  { perceptionAverage, ergHitRate }: EvaluationReport['summary'],
  provenance: Provenance,
): Score[] {
  const scores = tasks.flatMap(({ task, metrics, counts, share, calibrationError }): Score[] => {
    const { abbreviation } = taskOf(task);
    const { best } = mainMetrics[task];
    const of = (metric: string, value: number, highest: number, count: number): Score => ({
      ...provenance,
      metric: `${abbreviation} ${metric}`,
      value,
      best: highest,
      count,
    });
    return [
      ...Object.entries(metrics).map(([metric, value]) => of(metric, value, bestOf(metric, best), counts.scored)),
      ...(share === undefined ? [] : [of('right answers', share, 1, counts.questions)]),
      ...(calibrationError ? [of('calibration error', calibrationError.value, 0, calibrationError.count)] : []),
    ];
  });
  const questions = (wanted: readonly AnyTaskId[]) =>
    tasks.filter(({ task }) => wanted.includes(task)).reduce((sum, { counts }) => sum + counts.scored, 0);
  const over = (metric: string, value: number | undefined, best: number, wanted: readonly TaskId[]): Score[] =>
    value === undefined ? [] : [{ ...provenance, metric, value, best, count: questions(wanted) }];
  return [
    ...scores,
    ...over('perception average (MER, MSA, OV-MER)', perceptionAverage, 1, perceptionTasks),
    ...over('ERG hit rate', ergHitRate, mainMetrics.erg.best, ['erg']),
  ];
}

/** A correlation is at best 1 whatever the scale of the other metrics. */
const bestOf = (metric: string, best: number) => (metric === 'pearson' ? 1 : best);

const nothingToScore = (dataSet: string) =>
  new InvalidArgumentError({
    message: `evaluatePredictions: there is no answer to score on ${dataSet}`,
    hint: 'Ask tasks that the data set has gold values for, of a split that is there.',
    argument: 'answers',
  });

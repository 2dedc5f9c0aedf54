import { InvalidArgumentError, throwIfAborted } from '@nano-emox/tensor-contract';
import type { AnyTaskId } from '../task';
import { mapConcurrently } from './map-concurrently';
import { type PredictionRow, requireRows } from './prediction-row';
import { ruleBasedJudge } from './reasoning/rule-based-judge';
import { wheelLabelExtractor } from './reasoning/wheel-label-extractor';
import type { RowCounts, ScoreOptions, ScoreReport } from './report';
import { eiOc, eiReg, vOc, vReg } from './scorers/affect-number';
import { eC } from './scorers/emotion-set';
import { erg } from './scorers/erg';
import { eri } from './scorers/eri';
import { mer } from './scorers/mer';
import { mir } from './scorers/mir';
import { msa } from './scorers/msa';
import { ovMer } from './scorers/ov-mer';
import type { ReadRow, ScoreContext, TaskScorer } from './scorers/task-scorer';
import { ownEmotionWheels } from './wheels/own-wheel';

const scorers = { msa, mer, ovMer, eri, mir, erg, eiReg, eiOc, vReg, vOc, eC };

/** The main number of each task, and the best value it and its like can have. */
export const mainMetrics: { readonly [Id in AnyTaskId]: { readonly name: string; readonly best: 1 | 10 | 100 } } =
  Object.freeze({
    msa: { name: msa.mainMetric, best: msa.best },
    mer: { name: mer.mainMetric, best: mer.best },
    ovMer: { name: ovMer.mainMetric, best: ovMer.best },
    eri: { name: eri.mainMetric, best: eri.best },
    mir: { name: mir.mainMetric, best: mir.best },
    erg: { name: erg.mainMetric, best: erg.best },
    eiReg: { name: eiReg.mainMetric, best: eiReg.best },
    eiOc: { name: eiOc.mainMetric, best: eiOc.best },
    vReg: { name: vReg.mainMetric, best: vReg.best },
    vOc: { name: vOc.mainMetric, best: vOc.best },
    eC: { name: eC.mainMetric, best: eC.best },
  });

/**
 * Scores what a model wrote for a task against what is right, by the published rules and, under names of their own, without
 * their quirks. Needs no model, and no network unless a judge or an extractor behind an endpoint is passed.
 * @throws InvalidArgumentError for an unknown task, for no rows, and for an id that comes twice
 * @throws AbortedError when `signal` is aborted
 */
export async function scorePredictions(
  task: AnyTaskId,
  rows: readonly PredictionRow[],
  options: ScoreOptions = {},
): Promise<ScoreReport> {
  requireRows(rows);
  return scoreWith(task, scorerOf(task), rows, {
    ...options,
    wheels: options.wheels ?? ownEmotionWheels,
    judge: options.judge ?? ruleBasedJudge(),
    extractor: options.extractor ?? wheelLabelExtractor(),
  });
}

function scorerOf(task: AnyTaskId): TaskScorer<unknown> {
  if (Object.hasOwn(scorers, task)) return scorers[task] as TaskScorer<unknown>;
  throw new InvalidArgumentError({
    message: `scorePredictions: there is no task "${task}"`,
    hint: `Use one of ${Object.keys(scorers).join(', ')}.`,
    argument: 'task',
  });
}

async function scoreWith<Sample>(
  task: AnyTaskId,
  scorer: TaskScorer<Sample>,
  rows: readonly PredictionRow[],
  context: ScoreContext,
): Promise<ScoreReport> {
  const read = await mapConcurrently(rows, context.concurrency, (row) => {
    throwIfAborted(context.signal, 'scorePredictions');
    return scorer.read(row, context);
  });
  const samples = read.map(({ sample }) => sample).filter((sample) => sample !== undefined);
  return { task, ...(await scorer.score(samples as Sample[], context)), counts: countsOf(read) };
}

function countsOf(read: readonly ReadRow<unknown>[]): RowCounts {
  const reasons: Record<string, number> = {};
  for (const { skip } of read) if (skip !== undefined) reasons[skip] = (reasons[skip] ?? 0) + 1;
  const skipped = Object.values(reasons).reduce((sum, count) => sum + count, 0);
  const unanswered = read.filter(({ answered }) => !answered).length;
  return { samples: read.length - skipped, skipped, reasons, unanswered };
}

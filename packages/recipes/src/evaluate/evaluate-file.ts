import type { AnyTaskId } from '@nano-emox/tasks';
import { type Corpus, type DataSetOptions, openDataSet } from '@nano-emox/tasks/datasets';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { namedCorpus } from '../sources/named-corpus';
import { type EvaluatePredictionsOptions, type EvaluationReport, evaluatePredictions } from './evaluate-predictions';
import { type MatchedPredictions, matchPredictions } from './match-predictions';
import { readPredictions } from './read-predictions';

/** A data set on disk. */
export interface DataSetPlace {
  /** Of a corpus that is known, or of a table with a `dataset.json` in its folder. */
  readonly name: string;
  readonly folder: string;
  /** @default `test` where the set has such a part, else its last part */
  readonly split?: string | undefined;
}

/** Options of {@link evaluatePredictionsFile}. */
export interface EvaluateFileOptions
  extends Omit<EvaluatePredictionsOptions, 'dataSet' | 'split'>,
    Pick<DataSetOptions, 'onRowIssue'> {
  readonly dataSet: DataSetPlace;
  /** CSV, TSV or JSON Lines, see `readPredictions`. */
  readonly predictions: string;
  /** @default those that have a prediction */
  readonly tasks?: readonly AnyTaskId[];
}

/** Scores of a file of predictions. */
export interface FileEvaluation extends Pick<MatchedPredictions, 'extra'> {
  readonly report: EvaluationReport;
}

/**
 * Scores a file of predictions on a data set. Needs no model: only the annotation of the set is read.
 * @throws MissingFileError, InvalidFileError (of the data set or the predictions), InvalidArgumentError (nothing to score),
 *   EndpointError, AbortedError
 */
export async function evaluatePredictionsFile(options: EvaluateFileOptions): Promise<FileEvaluation> {
  const { dataSet, predictions: path, tasks, onRowIssue, ...scoring } = options;
  const { signal } = scoring;
  const corpus = await namedCorpus(dataSet.name, dataSet.folder);
  const split = splitOf(corpus, dataSet);
  const reading = { split, badRows: 'skip', ...(signal && { signal }) } as const;
  const onlyTask = tasks?.length === 1 ? tasks[0] : await onlyTaskOf(corpus, dataSet.folder, reading);
  const predictions = await readPredictions(path, onlyTask);
  const rows = openDataSet(corpus, dataSet.folder, { ...reading, ...(onRowIssue && { onRowIssue }) });
  const { answers, extra } = await matchPredictions(rows, predictions, tasks);
  return { report: await evaluatePredictions(answers, { ...scoring, dataSet: dataSet.name, split }), extra };
}

/** The part of a corpus that is meant. @throws InvalidArgumentError for a part that it does not have */
export function splitOf({ name, splits }: Corpus, { split }: Pick<DataSetPlace, 'split'>): string {
  const meant = split ?? (splits.includes('test') ? 'test' : (splits.at(-1) as string));
  if (splits.includes(meant)) return meant;
  throw new InvalidArgumentError({
    message: `${name} has no part "${meant}"`,
    hint: `Its parts are ${splits.join(', ')}.`,
    argument: 'split',
  });
}

/** The task of a set that has gold values for one alone, told by its first row. */
async function onlyTaskOf(corpus: Corpus, folder: string, options: DataSetOptions): Promise<AnyTaskId | undefined> {
  for await (const { targets } of openDataSet(corpus, folder, options)) {
    return targets.length === 1 ? targets[0].task : undefined;
  }
  return undefined;
}

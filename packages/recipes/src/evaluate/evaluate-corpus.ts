import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Device } from '@nano-emox/engine';
import { type AnyTaskId, allTaskIds } from '@nano-emox/tasks';
import { type IndexedDataSet, indexDataSet, type RowIssue } from '@nano-emox/tasks/datasets';
import { NanoEmoX } from 'nano-emox';
import { type CorpusEvent, corpusSource } from '../sources/corpus-source';
import type { EmotionSource } from '../sources/emotion-source';
import { encodersOf } from '../sources/frozen-encoders';
import { namedCorpus } from '../sources/named-corpus';
import { type DataSetPlace, splitOf } from './evaluate-file';
import { type EvaluatePredictionsOptions, type EvaluationReport, evaluatePredictions } from './evaluate-predictions';
import { type PredictionEvent, predictAnswers } from './predict-answers';

/** What happens while a model is asked about a corpus. */
export type CorpusEvaluationEvent =
  | CorpusEvent
  | PredictionEvent
  /** A row of the annotation that cannot be used. */
  | ({ readonly type: 'row-issue' } & RowIssue);

/** Options of {@link evaluateOnCorpus}. */
export interface EvaluateCorpusOptions extends Omit<EvaluatePredictionsOptions, 'dataSet' | 'split'> {
  readonly dataSet: DataSetPlace;
  /** Folder of a model, or `tiny`. */
  readonly model: string;
  /** @default all that the set has gold values for */
  readonly tasks?: readonly AnyTaskId[];
  /** Rows, from the first. @default all */
  readonly limit?: number;
  /** Asks by the words alone and reads no clip. @default false */
  readonly wordsOnly?: boolean;
  /** Keeps the answers as JSON Lines; a run that was stopped or killed continues from it. @default they are not kept */
  readonly answersFile?: string;
  /** Features of the clips. @default a temporary folder, removed at the end */
  readonly cacheFolder?: string;
  readonly device?: Device;
  readonly threads?: number;
  readonly onEvent?: (event: CorpusEvaluationEvent) => void;
}

/** Scores of a model, and what it was not asked about. */
export interface CorpusEvaluation {
  readonly report: EvaluationReport;
  /** Rows and clips that cannot be used; they are in no score. */
  readonly leftOut: { readonly rows: number; readonly clips: number };
}

/**
 * Asks a model about a corpus and scores the answers.
 * @throws MissingFileError, InvalidFileError, InvalidConfigError, WeightsMismatchError (of the model), InvalidArgumentError
 *   (nothing to ask), EndpointError, AbortedError
 */
export async function evaluateOnCorpus(options: EvaluateCorpusOptions): Promise<CorpusEvaluation> {
  const { dataSet, model: name, device, threads, onEvent = () => undefined } = options;
  const { tasks, limit, wordsOnly, answersFile, cacheFolder, ...scoring } = options;
  const { signal } = scoring;
  const leftOut = { rows: 0, clips: 0 };
  const corpus = await namedCorpus(dataSet.name, dataSet.folder);
  const split = splitOf(corpus, dataSet);
  const rows = await indexDataSet(corpus, dataSet.folder, {
    split,
    media: wordsOnly ? 'declared' : 'existing',
    badRows: 'skip',
    onRowIssue: (issue) => {
      leftOut.rows++;
      onEvent({ type: 'row-issue', ...issue });
    },
    ...(signal && { signal }),
  });
  const temporary = cacheFolder ?? (wordsOnly ? undefined : await mkdtemp(join(tmpdir(), 'nano-emox-features-')));
  let model: NanoEmoX | undefined;
  try {
    model = await NanoEmoX.fromPretrained(name, { ...(device && { device }), ...(threads && { threads }), signal });
    const source = wordsOnly
      ? wordsOf(rows, limit)
      : await clipsOf(model, rows, temporary as string, options, (event) => {
          if (event.type === 'media-skipped') leftOut.clips++;
          onEvent(event);
        });
    const answers = predictAnswers({
      model,
      source,
      tasks: tasks ?? allTaskIds,
      ...(answersFile !== undefined && { file: answersFile }),
      onEvent,
      signal,
    });
    const provenance = { dataSet: dataSet.name, split, seed: scoring.seed, command: scoring.command };
    const { wheels, judge, extractor } = scoring;
    const report = await evaluatePredictions(answers, {
      ...provenance,
      ...(wheels && { wheels }),
      ...(judge && { judge }),
      ...(extractor && { extractor }),
      ...(signal && { signal }),
    });
    return { report, leftOut };
  } finally {
    await model?.dispose();
    await rows.dispose();
    if (temporary !== undefined && cacheFolder === undefined) await rm(temporary, { recursive: true, force: true });
  }
}

function wordsOf(rows: IndexedDataSet, limit = rows.length): EmotionSource {
  return {
    name: `${rows.name}, words alone`,
    length: Math.min(limit, rows.length),
    row: async (index) => ({ ...(await rows.get(index)), modalityMode: 'textonly' }),
    features: async () => ({}),
  };
}

/** Only clips that will be asked about are encoded. */
function clipsOf(
  model: NanoEmoX,
  rows: IndexedDataSet,
  cacheFolder: string,
  { limit, signal }: EvaluateCorpusOptions,
  onEvent: (event: CorpusEvent) => void,
): Promise<EmotionSource> {
  return corpusSource({
    rows: { name: rows.name, length: Math.min(limit ?? rows.length, rows.length), get: (index) => rows.get(index) },
    encoders: encodersOf(model),
    input: model.config.input,
    cacheFolder,
    onEvent,
    ...(signal && { signal }),
  });
}

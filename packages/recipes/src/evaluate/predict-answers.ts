import { producerOf } from '@nano-emox/p2e';
import { type AffectTaskId, type AnyTaskId, affectTaskIds, allTaskIds, taskOf } from '@nano-emox/tasks';
import type { EmotionSampleRow, SampleTarget } from '@nano-emox/tasks/datasets';
import {
  InvalidArgumentError,
  type RunOptions,
  type SamplingOptions,
  throwIfAborted,
} from '@nano-emox/tensor-contract';
import type { EncodedClip, NanoEmoX } from 'nano-emox';
import type { EmotionSource } from '../sources/emotion-source';
import { AnswersFile } from './answers-file';
import { openFeatureReader } from './feature-reader';
import {
  askedEmotion,
  countedPrediction,
  countingRevision,
  goldValueOf,
  type PredictedAnswer,
} from './predicted-answer';

/** How far the questions of a source are. */
export interface PredictionEvent {
  readonly type: 'answers-delta';
  readonly source: string;
  /** Clips asked about, those read from the file included. */
  readonly askedClips: number;
  readonly totalClips: number;
}

/** Options of {@link predictAnswers}. */
export interface PredictAnswersOptions extends RunOptions {
  readonly model: NanoEmoX;
  readonly source: EmotionSource;
  /** Tasks to ask, of those that a row has gold values for. @default all */
  readonly tasks?: readonly AnyTaskId[];
  /** Clips to ask about, from the first. @default all */
  readonly limit?: number;
  /** Whether the prompt shows the words of the clip. @default true */
  readonly words?: boolean;
  /** Whether the perception head, where the model has one, has a say in the emotion. @default true */
  readonly perceptionHead?: boolean;
  /** @default greedy */
  readonly sampling?: SamplingOptions;
  /** JSON Lines of the answers; a run that was stopped or killed continues from it. @default answers are not kept */
  readonly file?: string;
  readonly onEvent?: (event: PredictionEvent) => void;
}

/**
 * Asks a model the questions of a source that have gold values, clip by clip, in the way it is asked in use: adapters, fusion
 * and language model run on the cached features, the first wording of each question, one answer at a time.
 * @throws what the source throws; InvalidArgumentError, InvalidFileError (the file holds other answers), AbortedError
 * @example
 * const answers = predictAnswers({ model, source, tasks: ['mer'], file: 'answers.jsonl' });
 * const report = await evaluatePredictions(answers, { dataSet: 'mintrec', split: 'test', seed: 1, command });
 */
export async function* predictAnswers(options: PredictAnswersOptions): AsyncGenerator<PredictedAnswer, void> {
  const { model, source, tasks = allTaskIds, signal, onEvent } = options;
  const totalClips = Math.min(requireLimit(options.limit), source.length);
  const file = options.file === undefined ? undefined : await AnswersFile.open(options.file, answersIdentity(options));
  const reader = await openFeatureReader(model);
  try {
    for (let index = 0; index < totalClips; index++) {
      const row = await source.row(index);
      const targets = row.targets.filter(({ task }) => tasks.includes(task));
      let clip: EncodedClip | undefined;
      for (const target of targets) {
        throwIfAborted(signal, `asking about ${source.name}`);
        const known = file?.get({ id: row.id, task: target.task });
        if (known) {
          yield known;
          continue;
        }
        clip ??= await reader.read(row, await source.features(index, { signal }), { signal });
        const answer = await ask(model, clip, row, target, options);
        await file?.append(answer);
        yield answer;
      }
      onEvent?.({ type: 'answers-delta', source: source.name, askedClips: index + 1, totalClips });
    }
  } finally {
    await reader.dispose();
  }
}

const isAffectTask = (task: AnyTaskId): task is AffectTaskId => affectTaskIds.includes(task as AffectTaskId);

async function ask(
  model: NanoEmoX,
  clip: EncodedClip,
  row: EmotionSampleRow,
  target: SampleTarget,
  { words = true, perceptionHead, sampling, signal }: PredictAnswersOptions,
): Promise<PredictedAnswer> {
  const { task } = target;
  const question = { id: row.id, task, gold: goldValueOf(target) };
  const subtitle = words ? (row.subtitle ?? row.dialogue?.input ?? '') : '';
  if ((clip.modalities.length === 0 || isAffectTask(task)) && subtitle === '') {
    return { ...question, prediction: '', text: '', unparsed: 'nothing-to-ask' };
  }
  const listsCandidates = model.config.input.listCandidates && taskOf(task).candidates !== undefined;
  const asked = {
    ...(words && row.dialogue && { dialogue: row.dialogue }),
    ...(listsCandidates && row.candidates && { candidates: row.candidates }),
    ...(sampling && { sampling }),
    signal,
  };
  const emotion = askedEmotion(target);
  const seen = { ...asked, words: subtitle, ...(perceptionHead !== undefined && { perceptionHead }) };
  const outcome = isAffectTask(task)
    ? (await model.analyzeText(subtitle, { ...asked, tasks: [task], ...(emotion !== undefined && { emotion }) }))[task]
    : (await model.analyze(clip, { ...seen, tasks: [task] })).tasks[task];
  if (outcome?.status !== 'parsed') {
    return { ...question, prediction: '', text: outcome?.text ?? '', unparsed: outcome?.reason ?? 'empty' };
  }
  const { value, answer, text, confidence } = outcome;
  return { ...question, prediction: countedPrediction(task, value, answer), confidence, text };
}

/** Hash over what answers depend on besides their row: the model, the name of the source, and how it is asked. */
export function answersIdentity({
  model,
  source,
  words = true,
  perceptionHead = true,
  sampling,
}: Pick<PredictAnswersOptions, 'model' | 'source' | 'words' | 'perceptionHead' | 'sampling'>): string {
  const weights = Object.entries(model.components).map(([name, part]) => [name, part.weights] as const);
  return producerOf({
    countingRevision,
    config: model.config,
    weights: Object.fromEntries(weights),
    source: source.name,
    words,
    sampling: sampling ?? null,
    ...(!perceptionHead && { perceptionHead }),
  });
}

function requireLimit(limit = Number.POSITIVE_INFINITY): number {
  if (limit === Number.POSITIVE_INFINITY || (Number.isSafeInteger(limit) && limit > 0)) return limit;
  throw new InvalidArgumentError({
    message: `predictAnswers: limit is ${limit}`,
    hint: 'Pass a whole number of at least 1, or leave it out for all clips.',
    argument: 'limit',
  });
}

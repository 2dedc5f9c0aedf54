import { join } from 'node:path';
import type { TaskId } from '@nano-emox/tasks';
import type { EmotionSource } from '../sources/emotion-source';
import type { MeasureContext } from './measure-context';
import { answersIdentity, predictAnswers } from './predict-answers';
import type { PredictedAnswer } from './predicted-answer';

/** Answers of a model to a source; kept in the cache folder, so that a measurement that was stopped continues. */
export async function askAll(
  { model, cacheFolder, signal, onProgress }: MeasureContext,
  source: EmotionSource,
  { tasks, words = true }: { readonly tasks?: readonly TaskId[]; readonly words?: boolean },
): Promise<PredictedAnswer[]> {
  const identity = answersIdentity({ model, source, words });
  const asked = predictAnswers({
    model,
    source,
    words,
    file: join(cacheFolder, 'answers', `${source.name}-${identity.slice(0, 16)}.jsonl`),
    onEvent: ({ askedClips, totalClips }) => onProgress(askedClips, totalClips),
    ...(tasks && { tasks }),
    signal,
  });
  const answers: PredictedAnswer[] = [];
  for await (const answer of asked) answers.push(answer);
  return answers;
}

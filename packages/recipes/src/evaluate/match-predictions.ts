import type { AnyTaskId } from '@nano-emox/tasks';
import type { EmotionSampleRow } from '@nano-emox/tasks/datasets';
import { goldValueOf, type PredictedAnswer } from './predicted-answer';
import type { Prediction } from './read-predictions';

/** Predictions beside the gold values of a data set. */
export interface MatchedPredictions {
  /** One for each gold value, in the order of the data set; what has no prediction is `unparsed: 'missing'`. */
  readonly answers: readonly PredictedAnswer[];
  /** Predictions that no gold value belongs to. */
  readonly extra: readonly Pick<Prediction, 'id' | 'task'>[];
}

/**
 * Finds the prediction of every gold value.
 * @param tasks tasks to score; the default is those that have a prediction
 */
export async function matchPredictions(
  rows: Iterable<EmotionSampleRow> | AsyncIterable<EmotionSampleRow>,
  predictions: readonly Prediction[],
  tasks: readonly AnyTaskId[] = [...new Set(predictions.map(({ task }) => task))],
): Promise<MatchedPredictions> {
  const waiting = new Map(predictions.map((prediction) => [keyOf(prediction.id, prediction.task), prediction]));
  const answers: PredictedAnswer[] = [];
  for await (const row of rows) {
    for (const target of row.targets.filter(({ task }) => tasks.includes(task))) {
      const { task } = target;
      const gold = goldValueOf(target);
      const key = keyOf(row.id, task);
      const found = waiting.get(key);
      waiting.delete(key);
      answers.push(
        found ? { ...found, gold } : { id: row.id, task, gold, prediction: '', text: '', unparsed: 'missing' },
      );
    }
  }
  return { answers, extra: [...waiting.values()].map(({ id, task }) => ({ id, task })) };
}

const keyOf = (id: string, task: AnyTaskId) => JSON.stringify([id, task]);

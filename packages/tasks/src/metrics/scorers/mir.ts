import { classificationScore } from '../classification';
import { canonicalIntent, type IntentSample, intentScore, lenientIntentScore } from '../intent';
import { textOf } from '../prediction-row';
import { suffixed } from '../report';
import { type TaskScorer, unreadableGold } from './task-scorer';

/** Published: accuracy, weighted F1 and weighted precision of exact strings. */
export const mir: TaskScorer<IntentSample> = {
  mainMetric: 'acc',
  best: 100,
  read(row) {
    const [gold, prediction] = [textOf(row.gold), textOf(row.prediction)];
    if (gold === undefined) return unreadableGold;
    return { sample: { gold, prediction: prediction ?? '' }, answered: prediction !== undefined };
  },
  score(samples) {
    const { macroF1, perClass } = classificationScore(
      samples.map(({ gold }) => canonicalIntent(gold)),
      samples.map(({ prediction }) => canonicalIntent(prediction)),
    );
    const lenient = suffixed(lenientIntentScore(samples), 'Lenient');
    return { metrics: { ...intentScore(samples), ...lenient, macroF1: macroF1 * 100 }, perClass };
  },
};

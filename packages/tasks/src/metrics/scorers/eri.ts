import { textOf } from '../prediction-row';
import { type ReasoningSample, reasoningScore } from '../reasoning/reasoning-score';
import { finite } from '../report';
import { type TaskScorer, unreadableGold } from './task-scorer';

/** Published: means of a judge's marks for clues and for labels. */
export const eri: TaskScorer<ReasoningSample> = {
  mainMetric: 'clueOverlap',
  best: 10,
  read(row) {
    const [gold, prediction] = [textOf(row.gold), textOf(row.prediction)];
    if (gold === undefined) return unreadableGold;
    return { sample: { gold, prediction: prediction ?? '' }, answered: prediction !== undefined };
  },
  async score(samples, context) {
    return { metrics: finite({ ...(await reasoningScore(samples, context)) }) };
  },
};

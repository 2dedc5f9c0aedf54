import { parseAnswer } from '../../answer/answers';
import { labelSets } from '../../labels/label-sets';
import { matchLabel } from '../../labels/match-label';
import { type MultiLabelSample, multiLabelScore } from '../multi-label';
import type { RowValue } from '../prediction-row';
import { type TaskScorer, unreadableGold } from './task-scorer';

const labels = labelSets.semeval2018;

/** Official: multi-label accuracy (Jaccard), F1 of all decisions and mean F1 of the eleven labels. */
export const eC: TaskScorer<MultiLabelSample> = {
  mainMetric: 'jaccard',
  best: 1,
  read(row) {
    const [gold, prediction] = [emotionsIn(row.gold), emotionsIn(row.prediction)];
    return gold ? { sample: { gold, prediction }, answered: prediction !== undefined } : unreadableGold;
  },
  score(samples) {
    if (samples.length === 0) return { metrics: {} };
    const { perClass, ...metrics } = multiLabelScore(samples, labels);
    return { metrics, perClass };
  },
};

/** A list, which may be empty for neutral, or an answer or written list that the grammar of the task reads. */
function emotionsIn(value: RowValue): readonly string[] | undefined {
  if (typeof value === 'object') {
    const words = value.filter((word) => word !== 'neutral');
    const known = words.map((word) => matchLabel(word, labels));
    return known.includes(undefined) ? undefined : (known as string[]);
  }
  const outcome = parseAnswer('eC', String(value));
  return outcome.status === 'parsed' ? outcome.value.emotions : undefined;
}

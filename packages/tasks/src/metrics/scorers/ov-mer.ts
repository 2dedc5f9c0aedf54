import { type OpenLabelSample, openVocabularyScore } from '../open-vocabulary';
import { answeredLabels, goldLabelsOf } from '../prediction-row';
import { finite, suffixed } from '../report';
import { hasPlace } from './has-place';
import { offTheWheels, type TaskScorer, unreadableGold } from './task-scorer';

/** Published: F, precision and recall over wheels (EW). */
export const ovMer: TaskScorer<OpenLabelSample> = {
  mainMetric: 'f',
  best: 1,
  async read(row, context) {
    const gold = goldLabelsOf(row.gold);
    if (gold.length === 0) return unreadableGold;
    const prediction = await answeredLabels(row.prediction, context.extractor, context);
    const skip = hasPlace(gold, context) ? undefined : offTheWheels;
    return { sample: { gold, prediction }, answered: prediction.length > 0, skip };
  },
  score(samples, { wheels, level = 'level1' }) {
    const scoreBy = (options: object) => openVocabularyScore(samples, wheels, { level, ...options })?.mean;
    const metrics = {
      ...scoreBy({}),
      ...suffixed(scoreBy({ rule: 'votes' }), 'ByVotes'),
      ...suffixed(scoreBy({ unmapped: 'keep' }), 'WithUnmapped'),
      ...suffixed(scoreBy({ rule: 'votes', unmapped: 'keep' }), 'Corrected'),
    };
    return { metrics: finite(metrics) };
  },
};

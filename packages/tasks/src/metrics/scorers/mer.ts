import { matchLabel } from '../../labels/match-label';
import { canonicalLabel } from '../../labels/plain-label';
import { type ClassificationScore, classificationScore } from '../classification';
import { type ClosedLabelSample, hitRateScore } from '../hit-rate';
import { answeredLabels, textOf } from '../prediction-row';
import { finite, suffixed } from '../report';
import { hasPlace } from './has-place';
import { offTheWheels, type TaskScorer, unreadableGold } from './task-scorer';

/** Published: hit rate and m-score over wheels. Beside them, the first label as the answer of a closed classification. */
export const mer: TaskScorer<ClosedLabelSample> = {
  mainMetric: 'hitRate',
  best: 1,
  async read(row, context) {
    const gold = textOf(row.gold);
    if (gold === undefined) return unreadableGold;
    const prediction = await answeredLabels(row.prediction, context.extractor, context);
    const skip = hasPlace([gold], context) ? undefined : offTheWheels;
    return { sample: { gold, prediction }, answered: prediction.length > 0, skip };
  },
  score(samples, { wheels, level = 'level1' }) {
    const scoreBy = (options: object) => hitRateScore(samples, wheels, { level, ...options })?.mean;
    const { accuracy, macroF1, weightedF1, perClass } = firstLabelScore(samples);
    const metrics = {
      ...scoreBy({}),
      ...suffixed(scoreBy({ rule: 'votes' }), 'ByVotes'),
      ...suffixed(scoreBy({ unmapped: 'keep' }), 'WithUnmapped'),
      ...suffixed(scoreBy({ rule: 'votes', unmapped: 'keep' }), 'Corrected'),
      ...{ accuracy, macroF1, weightedF1 },
    };
    return { metrics: finite(metrics), perClass };
  },
};

/** No label of a data set is empty, so a prediction without labels is wrong. */
const noLabel = '';

function firstLabelScore(samples: readonly ClosedLabelSample[]): ClassificationScore {
  const gold = samples.map((sample) => canonicalLabel(sample.gold));
  const classes = [...new Set(gold)];
  const first = samples.map(({ prediction: [label = noLabel] }) => matchLabel(label, classes) ?? canonicalLabel(label));
  return classificationScore(gold, first);
}

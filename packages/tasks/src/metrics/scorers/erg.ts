import { correctedEmpathyScore, type EmpathySample, empathyScore, projectedGold } from '../empathy/empathy-score';
import { readEmotionByGrammar, unknownEmotion } from '../empathy/read-emotion';
import { textOf } from '../prediction-row';
import { suffixed } from '../report';
import { type TaskScorer, unreadableGold } from './task-scorer';

/** Published: accuracy and hit rate of the stated emotion, Dist-1 and Dist-2 of the responses. */
export const erg: TaskScorer<EmpathySample> = {
  mainMetric: 'hitRate',
  best: 100,
  read(row, { keywordGroups }) {
    const [gold, response = ''] = [textOf(row.gold), textOf(row.prediction)];
    if (gold === undefined) return unreadableGold;
    const answered = readEmotionByGrammar(response, keywordGroups) !== unknownEmotion;
    return { sample: { gold, response }, answered };
  },
  score(samples, { keywordGroups, goldEmotions = 'annotated' }) {
    const project = goldEmotions === 'annotated' ? projectedGold : (gold: string) => gold;
    const projected = samples.map(({ gold, response }) => ({ gold: project(gold), response }));
    const corrected = correctedEmpathyScore(samples, keywordGroups);
    return { metrics: { ...empathyScore(projected, keywordGroups), ...suffixed(corrected, 'Corrected') } };
  },
};

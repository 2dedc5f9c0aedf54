import { parseAnswer } from '../../answer/answers';
import { canonicalLabel } from '../../labels/plain-label';
import { sentimentOfValence, valenceOfEmotions } from '../../labels/polarity';
import { answeredLabels, numberOf, type PredictionRow, type RowValue } from '../prediction-row';
import { finite } from '../report';
import { binarySentimentScore, type SentimentSample, signSentimentScore } from '../sentiment';
import { pearson } from '../statistics';
import { type ScoreContext, type TaskScorer, unreadableGold } from './task-scorer';

interface Sentiment {
  /** -1, 0 or 1. */
  readonly polarity: number;
  readonly valence: number;
}

const polarityOf = Object.freeze({ positive: 1, neutral: 0, negative: -1 });

/** A prediction without any sentiment in it is neutral, as published. */
const noSentiment: Sentiment = { polarity: 0, valence: 0 };

/** Published: WAF and ACC of positive against the rest, clips of gold 0 left out. */
export const msa: TaskScorer<SentimentSample & { readonly valence: number }> = {
  mainMetric: 'waf',
  best: 1,
  async read(row, context) {
    const gold = numberOf(row.gold) ?? wordPolarity(row.gold);
    if (gold === undefined) return unreadableGold;
    const sentiment = await sentimentOf(row, context);
    const { polarity, valence } = sentiment ?? noSentiment;
    const skip = gold === 0 ? 'neutral-gold' : undefined;
    return { sample: { gold, prediction: polarity, valence }, answered: sentiment !== undefined, skip };
  },
  score(samples) {
    const [binary, bySign] = [binarySentimentScore(samples), signSentimentScore(samples)];
    const published = binary.samples > 0 ? { waf: binary.waf, acc: binary.accuracy } : {};
    const correlation = pearson(
      samples.map(({ gold }) => gold),
      samples.map(({ valence }) => valence),
    );
    const metrics = { ...published, wafBySign: bySign.waf, accBySign: bySign.accuracy, pearson: correlation };
    return { metrics: finite(metrics), perClass: bySign.perClass };
  },
};

function wordPolarity(value: RowValue): number | undefined {
  const word = canonicalLabel(String(value));
  return Object.hasOwn(polarityOf, word) ? polarityOf[word as keyof typeof polarityOf] : undefined;
}

/** A number, a polarity word, an answer of the task, or emotion words, whichever the prediction is. */
async function sentimentOf({ prediction }: PredictionRow, context: ScoreContext): Promise<Sentiment | undefined> {
  const valence = numberOf(prediction) ?? wordPolarity(prediction);
  if (valence !== undefined) return { polarity: Math.sign(valence), valence };
  const outcome = typeof prediction === 'string' ? parseAnswer('msa', prediction) : undefined;
  if (outcome?.status === 'parsed') {
    return { polarity: polarityOf[outcome.value.sentiment], valence: outcome.value.valence };
  }
  const ofWords = valenceOfEmotions(await answeredLabels(prediction, context.extractor, context));
  return ofWords === undefined ? undefined : { polarity: polarityOf[sentimentOfValence(ofWords)], valence: ofWords };
}

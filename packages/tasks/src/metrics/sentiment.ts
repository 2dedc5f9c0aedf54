import { type ClassScore, classificationScore } from './classification';

/** One clip: the valence that people gave it, and the polarity that was predicted. */
export interface SentimentSample {
  /** Any scale around zero: [-3, 3] in CMU-MOSI, [-1, 1] in CH-SIMS. */
  readonly gold: number;
  /** Polarity or valence; only its sign counts. */
  readonly prediction: number;
}

/** Both in [0, 1]. */
export interface SentimentScore {
  /** Weighted F1 (WAF), the main score. */
  readonly waf: number;
  readonly accuracy: number;
  /** Samples that counted. */
  readonly samples: number;
  readonly perClass: Readonly<Record<string, ClassScore>>;
}

/**
 * Published score of MSA: clips of gold valence exactly 0 are dropped, the others are positive or not, and so a neutral
 * prediction counts as negative.
 * @see MERBench, evaluation of CMU-MOSI, CMU-MOSEI and CH-SIMS
 */
export function binarySentimentScore(samples: readonly SentimentSample[]): SentimentScore {
  const signed = samples.filter(({ gold }) => gold !== 0);
  return score(signed, (valence) => (valence > 0 ? 'positive' : 'negative'));
}

/** All clips in three classes by sign, so that a neutral prediction is right for a neutral clip and wrong for others. */
export function signSentimentScore(samples: readonly SentimentSample[]): SentimentScore {
  return score(samples, (valence) => (valence > 0 ? 'positive' : valence < 0 ? 'negative' : 'neutral'));
}

function score(samples: readonly SentimentSample[], classOf: (valence: number) => string): SentimentScore {
  const { accuracy, weightedF1, perClass } = classificationScore(
    samples.map(({ gold }) => classOf(gold)),
    samples.map(({ prediction }) => classOf(prediction)),
  );
  return { waf: weightedF1, accuracy, samples: samples.length, perClass };
}

import type { ClassScore } from '../classification';
import type { PredictionRow } from '../prediction-row';
import type { Judge, LabelExtractor } from '../reasoning/judge';
import type { ScoreOptions } from '../report';
import type { EmotionWheels } from '../wheels/emotion-wheels';

/** Options with what they default to. */
export type ScoreContext = ScoreOptions & {
  readonly wheels: EmotionWheels;
  readonly judge: Judge;
  readonly extractor: LabelExtractor;
};

/** What was read from a row. */
export interface ReadRow<Sample> {
  /** Absent when the gold value cannot be read. */
  readonly sample?: Sample;
  /** Why the main metric leaves the row out, if it does. */
  readonly skip?: string | undefined;
  /** Whether the prediction holds an answer. */
  readonly answered: boolean;
}

/** Scores of the samples of a task. */
export interface SampleScores {
  readonly metrics: Readonly<Record<string, number>>;
  readonly perClass?: Readonly<Record<string, ClassScore>>;
}

/** How a task is scored. */
export interface TaskScorer<Sample> {
  /** Name of the main number, published first. */
  readonly mainMetric: string;
  /** The best value that a metric of the task can have. */
  readonly best: 1 | 10 | 100;
  read(row: PredictionRow, context: ScoreContext): Promise<ReadRow<Sample>> | ReadRow<Sample>;
  score(samples: readonly Sample[], context: ScoreContext): Promise<SampleScores> | SampleScores;
}

/** A row whose gold value is not what the task needs. */
export const unreadableGold = Object.freeze({ skip: 'unreadable-gold', answered: true });

/** Why a row does not count on any wheel. */
export const offTheWheels = 'gold-on-no-wheel';

import type { AnyTaskId } from '../task';
import type { ClassScore } from './classification';
import type { KeywordGroup } from './empathy/read-emotion';
import type { CallOptions, Judge, LabelExtractor } from './reasoning/judge';
import type { EmotionWheels } from './wheels/emotion-wheels';

/** Options of `scorePredictions`; each task looks at those it needs. */
export interface ScoreOptions extends CallOptions {
  /** Of `mer` and `ovMer`. @default ownEmotionWheels */
  readonly wheels?: EmotionWheels;
  /** Of `mer` and `ovMer`: the ring of the wheels whose words are compared. @default 'level1' */
  readonly level?: 'level1' | 'level2';
  /** Of `eri`. @default ruleBasedJudge() */
  readonly judge?: Judge;
  /** Of `eri`, and of answers in free text to `mer`, `ovMer` and `msa`. @default wheelLabelExtractor() */
  readonly extractor?: LabelExtractor;
  /** Of `erg`: words that speak for an emotion in a response that does not state it. @default ownKeywordGroups */
  readonly keywordGroups?: readonly KeywordGroup[];
  /** Of `erg`: whether gold emotions are as annotated, or projected already. @default 'annotated' */
  readonly goldEmotions?: 'annotated' | 'projected';
  /** Rows that a judge or an extractor works on at once. @default 4 */
  readonly concurrency?: number;
}

/** Which rows counted. */
export interface RowCounts {
  /** Rows that counted in the main metric. */
  readonly samples: number;
  /** Rows that it leaves out by the published rule, or because their gold value cannot be read. */
  readonly skipped: number;
  /** Why, and how many each; sums to `skipped`. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Rows whose prediction holds no answer that could be read: they count, as wrong. */
  readonly unanswered: number;
}

/** Scores of one task. */
export interface ScoreReport {
  readonly task: AnyTaskId;
  /** Finite numbers by name; one that is not defined for these rows is absent. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly counts: RowCounts;
  /** Scores of each class, where the task has classes. */
  readonly perClass?: Readonly<Record<string, ClassScore>>;
}

/** Defined and finite numbers of a record. */
export function finite(numbers: Readonly<Record<string, number | undefined>>): Record<string, number> {
  const defined = Object.entries(numbers).filter((entry): entry is [string, number] => Number.isFinite(entry[1]));
  return Object.fromEntries(defined);
}

/** The numbers of a record under longer names: `{ f: 1 }` and `ByVotes` to `{ fByVotes: 1 }`. */
export function suffixed(numbers: object | undefined, suffix: string): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers ?? {}).map(([name, value]) => [`${name}${suffix}`, value]));
}

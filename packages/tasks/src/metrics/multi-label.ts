import type { ClassScore } from './classification';
import { f1Score, jaccard, mean } from './statistics';

/** Labels of a sample, any number of them. */
export interface MultiLabelSample {
  readonly gold: readonly string[];
  /** `undefined` where there is no answer, which is not the same as an answer without labels. */
  readonly prediction: readonly string[] | undefined;
}

/** Scores of a multi-label classification, each in [0, 1]. */
export interface MultiLabelScore {
  /** Mean over the samples of shared labels over all labels of both; 1 where both have none. Also called multi-label accuracy. */
  readonly jaccard: number;
  /** F1 of all decisions, sample by label. */
  readonly microF1: number;
  /** Mean over the labels of their F1; 0 for one that occurs nowhere. */
  readonly macroF1: number;
  /** By label, in the order given. */
  readonly perClass: Readonly<Record<string, ClassScore>>;
}

/**
 * Scores of sets of labels. A missing answer shares nothing with its gold labels, even where these are none.
 * @param labels all labels there are; others do not count in F1
 * @see SemEval-2018 Task 1, E-c
 */
export function multiLabelScore(samples: readonly MultiLabelSample[], labels: readonly string[]): MultiLabelScore {
  const counts = labels.map((label) => countsOf(label, samples));
  const total = { correct: 0, predicted: 0, support: 0 };
  for (const { correct, predicted, support } of counts) {
    total.correct += correct;
    total.predicted += predicted;
    total.support += support;
  }
  const scores = counts.map(classScore);
  return {
    jaccard: mean(
      samples.map(({ gold, prediction }) => (prediction ? jaccard(new Set(gold), new Set(prediction)) : 0)),
    ),
    microF1: classScore(total).f1,
    macroF1: mean(scores.map(({ f1 }) => f1)),
    perClass: Object.fromEntries(labels.map((label, index) => [label, scores[index] as ClassScore])),
  };
}

interface Counts {
  readonly correct: number;
  readonly predicted: number;
  readonly support: number;
}

function countsOf(label: string, samples: readonly MultiLabelSample[]): Counts {
  const isPredicted = samples.map(({ prediction }) => prediction?.includes(label) ?? false);
  const isGold = samples.map(({ gold }) => gold.includes(label));
  const count = (flags: readonly boolean[]) => flags.filter(Boolean).length;
  return {
    correct: count(isGold.map((gold, index) => gold && (isPredicted[index] as boolean))),
    predicted: count(isPredicted),
    support: count(isGold),
  };
}

function classScore({ correct, predicted, support }: Counts): ClassScore {
  const precision = predicted === 0 ? 0 : correct / predicted;
  const recall = support === 0 ? 0 : correct / support;
  return { precision, recall, f1: f1Score(precision, recall), support };
}

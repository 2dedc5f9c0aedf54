import { f1Score, mean, requireSameLength } from './statistics';

/** Scores of one class, each in [0, 1]. */
export interface ClassScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Samples whose gold label is this class. */
  readonly support: number;
}

/** Scores of a closed-set classification, each in [0, 1]. */
export interface ClassificationScore {
  readonly accuracy: number;
  /** Mean F1 over the classes, each counted once. */
  readonly macroF1: number;
  /** Means over the classes, each counted by its support. */
  readonly weightedF1: number;
  readonly weightedPrecision: number;
  /** By class, in order of name. */
  readonly perClass: Readonly<Record<string, ClassScore>>;
}

/**
 * Accuracy, F1 and precision over the classes that occur among gold labels or predictions. A ratio without samples is 0,
 * which is scikit-learn's `zero_division=0`.
 * @throws InvalidArgumentError when the lists differ in length
 */
export function classificationScore(gold: readonly string[], predictions: readonly string[]): ClassificationScore {
  requireSameLength(gold, predictions, 'classificationScore');
  const [support, predicted, correct] = [countOf(gold), countOf(predictions), new Map<string, number>()];
  for (const [index, label] of gold.entries()) {
    if (predictions[index] === label) correct.set(label, (correct.get(label) ?? 0) + 1);
  }
  const classes = [...new Set([...gold, ...predictions])].sort();
  const scores = classes.map((label) => classScore(support.get(label), predicted.get(label), correct.get(label)));
  const weighted = (of: (score: ClassScore) => number) =>
    gold.length === 0 ? 0 : scores.reduce((sum, score) => sum + of(score) * score.support, 0) / gold.length;
  return {
    accuracy: gold.length === 0 ? 0 : sumOf(correct) / gold.length,
    macroF1: mean(scores.map(({ f1 }) => f1)),
    weightedF1: weighted(({ f1 }) => f1),
    weightedPrecision: weighted(({ precision }) => precision),
    perClass: Object.fromEntries(classes.map((label, index) => [label, scores[index] as ClassScore])),
  };
}

function classScore(support = 0, predicted = 0, correct = 0): ClassScore {
  const precision = predicted === 0 ? 0 : correct / predicted;
  const recall = support === 0 ? 0 : correct / support;
  return { precision, recall, f1: f1Score(precision, recall), support };
}

function countOf(labels: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

const sumOf = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((sum, count) => sum + count, 0);

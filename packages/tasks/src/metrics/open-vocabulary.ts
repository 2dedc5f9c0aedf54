import { f1Score, intersectionSize, mean } from './statistics';
import type { EmotionWheels } from './wheels/emotion-wheels';
import { type MappingOptions, mappedGroups, type WheelMapper, wheelMapper } from './wheels/wheel-mapper';

/** Free labels of one sample, as they stand in data and answer. */
export interface OpenLabelSample {
  readonly gold: readonly string[];
  readonly prediction: readonly string[];
}

/** Agreement of label sets on one wheel, or on average over several; ratios in [0, 1]. */
export interface OpenVocabularyScore {
  /** F of the average precision and the average recall: the published score. */
  readonly f: number;
  readonly precision: number;
  readonly recall: number;
  /** Average of the F of each sample, which a few long answers cannot balance out. */
  readonly fOfSamples: number;
}

/** Score on one wheel. */
export interface WheelScore<Score> {
  readonly wheel: string;
  /** Samples that counted: those with a gold label that has a place on the wheel. */
  readonly samples: number;
  readonly score: Score;
}

/** A score on each wheel, and the mean over the wheels on which a sample counted. */
export interface WheelScores<Score> {
  readonly mean: Score;
  readonly perWheel: readonly WheelScore<Score>[];
}

/**
 * Emotion-wheel score (EW) of open-vocabulary recognition: labels become groups of a wheel, and the sets of groups are
 * compared. Samples without a mapped gold label are skipped; a prediction without a mapped label has precision and recall 0.
 * @returns `undefined` when no sample counts on any wheel
 * @see AffectGPT, equations of the EW metric; OV-MER, where the mean F is the main score
 */
export function openVocabularyScore(
  samples: readonly OpenLabelSample[],
  wheels: EmotionWheels,
  options: MappingOptions = {},
): WheelScores<OpenVocabularyScore> | undefined {
  return scoreOverWheels(wheels, options, (mapper) => {
    const pairs = samples.map((sample) => overlap(sample, mapper)).filter((pair) => pair !== undefined);
    const precision = mean(pairs.map((pair) => pair.precision));
    const recall = mean(pairs.map((pair) => pair.recall));
    const fOfSamples = mean(pairs.map((pair) => f1Score(pair.precision, pair.recall)));
    return { samples: pairs.length, score: { f: f1Score(precision, recall), precision, recall, fOfSamples } };
  });
}

function overlap({ gold, prediction }: OpenLabelSample, mapper: WheelMapper) {
  const goldGroups = mappedGroups(gold, mapper);
  if (goldGroups.size === 0) return undefined;
  const groups = mappedGroups(prediction, mapper);
  const common = intersectionSize(goldGroups, groups);
  return { precision: groups.size === 0 ? 0 : common / groups.size, recall: common / goldGroups.size };
}

/** Scores on every wheel and averages each number; wheels without a sample that counts are left out of the average. */
export function scoreOverWheels<Score extends { readonly [Name in keyof Score]: number }>(
  { wheels, ...maps }: EmotionWheels,
  options: MappingOptions,
  scoreOf: (mapper: WheelMapper) => { readonly samples: number; readonly score: Score },
): WheelScores<Score> | undefined {
  const perWheel = wheels.map((wheel) => ({
    wheel: wheel.name,
    ...scoreOf(wheelMapper({ wheels, ...maps }, wheel, options)),
  }));
  const counted = perWheel.filter(({ samples }) => samples > 0).map(({ score }) => score);
  const [first] = counted;
  if (!first) return undefined;
  const names = Object.keys(first) as (keyof Score)[];
  const means = names.map((name) => [name, mean(counted.map((score) => score[name]))] as const);
  return { mean: Object.fromEntries(means) as Score, perWheel };
}

import { parseAnswer } from '../../answer/answers';
import { intensity, level } from '../../tasks/affect/intensity';
import { type NumberScale, readNumber } from '../../tasks/affect/number-answer';
import { valence, valenceClass } from '../../tasks/affect/valence';
import { numberOf, type RowValue, textOf } from '../prediction-row';
import { quadraticKappa } from '../quadratic-kappa';
import { finite } from '../report';
import { mean, pearson } from '../statistics';
import { type TaskScorer, unreadableGold } from './task-scorer';

/** A number that is right, the number that was answered, and the emotion both are about. */
export interface NumberSample {
  /** Empty where the gold value names none. */
  readonly emotion: string;
  readonly gold: number;
  readonly prediction: number;
}

type NumberTask = 'eiReg' | 'eiOc' | 'vReg' | 'vOc';
type GroupScore = (gold: readonly number[], predictions: readonly number[]) => Record<string, number | undefined>;

/** Official scores of numbers: all samples, and those in the upper half of the scale. */
const ofNumbers: GroupScore = (gold, predictions) => {
  const [upperGold, upperPredictions] = where(gold, predictions, (number) => number >= 0.5);
  return {
    pearson: correlation(gold, predictions),
    pearsonUpperHalf: isConstant(gold, predictions) ? 0 : pearson(upperGold, upperPredictions),
  };
};

/** Official scores of classes: all samples, and those whose class is not 0. */
const ofClasses: GroupScore = (gold, predictions) => {
  if (isConstant(gold, predictions)) {
    return { pearson: 0, pearsonNonZero: 0, quadraticKappa: 0, quadraticKappaNonZero: 0 };
  }
  const labels = [...new Set(gold)].sort((a, b) => a - b);
  const [someGold, somePredictions] = where(gold, predictions, (number) => number !== 0);
  return {
    pearson: correlation(gold, predictions),
    pearsonNonZero: pearson(someGold, somePredictions),
    quadraticKappa: quadraticKappa(gold, predictions, labels),
    quadraticKappaNonZero: quadraticKappa(someGold, somePredictions, labels),
  };
};

/** Emotion by emotion, then averaged over the emotions. */
function numberScorer(task: NumberTask, scale: NumberScale, scoreOf: GroupScore): TaskScorer<NumberSample> {
  return {
    mainMetric: 'pearson',
    best: 1,
    read(row) {
      const gold = goldOf(row.gold, scale);
      if (!gold) return unreadableGold;
      const answered = answeredNumber(task, row.prediction, gold.emotion, scale);
      const prediction = answered ?? farthestEnd(gold.number, scale);
      return {
        sample: { emotion: gold.emotion, gold: gold.number, prediction },
        answered: answered !== undefined,
      };
    },
    score(samples) {
      const emotions = [...new Set(samples.map(({ emotion }) => emotion))].sort();
      const scores = emotions.map((emotion) => {
        const group = samples.filter((sample) => sample.emotion === emotion);
        return scoreOf(
          group.map(({ gold }) => gold),
          group.map(({ prediction }) => prediction),
        );
      });
      const byEmotion = emotions.map((emotion, index) => [`pearson of ${emotion}`, scores[index]?.pearson] as const);
      return { metrics: finite({ ...averaged(scores), ...(emotions.length > 1 && Object.fromEntries(byEmotion)) }) };
    },
  };
}

/** Means over the emotions; one that is not defined for an emotion is not defined at all. */
function averaged(scores: readonly Record<string, number | undefined>[]): Record<string, number> {
  const names = Object.keys(scores[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, mean(scores.map((score) => score[name] ?? Number.NaN))]));
}

/** A number, or a text with one number and perhaps the emotion it belongs to: `anger 0.62`. */
function goldOf(
  value: RowValue,
  scale: NumberScale,
): { readonly emotion: string; readonly number: number } | undefined {
  const text = textOf(value);
  const reading = text === undefined ? undefined : readNumber(text, scale);
  if (!reading || 'reason' in reading) return undefined;
  return { emotion: /^\p{L}[\p{L} '-]*(?=\s)/u.exec(text as string)?.[0].toLowerCase() ?? '', number: reading.value };
}

function answeredNumber(
  task: NumberTask,
  prediction: RowValue,
  emotion: string,
  { from, to, decimals }: NumberScale,
): number | undefined {
  const number = numberOf(prediction);
  if (number !== undefined) {
    return number >= from && number <= to && (decimals > 0 || Number.isInteger(number)) ? number : undefined;
  }
  const outcome = parseAnswer(task, textOf(prediction) ?? '', emotion === '' ? {} : { emotion });
  if (outcome.status === 'unparsed') return undefined;
  const { value } = outcome;
  if ('intensity' in value) return value.intensity;
  if ('level' in value) return value.level;
  return 'valence' in value ? value.valence : value.valenceClass;
}

/** What an answer that could not be read counts as: nothing is more wrong. */
const farthestEnd = (gold: number, { from, to }: NumberScale) => (gold - from > to - gold ? from : to);

/** Of numbers without variation it is 0, officially. */
const correlation: typeof pearson = (gold, predictions) =>
  isConstant(gold, predictions) ? 0 : pearson(gold, predictions);

const isConstant = (...lists: readonly (readonly number[])[]) => lists.some((list) => new Set(list).size < 2);

function where(gold: readonly number[], predictions: readonly number[], isWanted: (gold: number) => boolean) {
  return [gold.filter(isWanted), predictions.filter((_, index) => isWanted(gold[index] as number))] as const;
}

/** Official: mean over the emotions of Pearson's correlation, also of the upper half of the scale. */
export const eiReg = numberScorer('eiReg', intensity, ofNumbers);
/** Official: mean over the emotions of Pearson's correlation and of quadratic weighted kappa, also where some emotion shows. */
export const eiOc = numberScorer('eiOc', level, ofClasses);
/** As {@link eiReg}, for valence. */
export const vReg = numberScorer('vReg', valence, ofNumbers);
/** As {@link eiOc}, for valence. */
export const vOc = numberScorer('vOc', valenceClass, ofClasses);

import { canonicalLabel } from '../../labels/plain-label';
import { mean, roundToHundredths } from '../statistics';
import { ownEmotionWheels } from '../wheels/own-wheel';
import { wheelMapper } from '../wheels/wheel-mapper';
import { distinctOfCorpus, distinctPerResponse } from './distinct';
import { ergGoldProjection, type MeadClass, meadClassOfFamily, publishedMeadClassOf } from './emotion-tables';
import { type KeywordGroup, readEmotionByGrammar, readStatedEmotion } from './read-emotion';

/** What a speaker felt, and the whole response of the model with its think block. */
export interface EmpathySample {
  readonly gold: string;
  readonly response: string;
}

/** In percent, [0, 100]. */
export interface EmpathyScore {
  readonly emotionAccuracy: number;
  readonly hitRate: number;
  readonly dist1: number;
  readonly dist2: number;
}

/** A gold emotion as the released data set hands it to the score, projected once by {@link ergGoldProjection}. */
export const projectedGold = (gold: string): string => lookUp(ergGoldProjection, gold) ?? gold;

/**
 * Published score of ERG, in percent with two decimals: the stated emotion is compared with the gold emotion as given (project
 * it with {@link projectedGold} first), unprojected itself; then both as MEAD classes; Dist-1 and Dist-2 are taken per
 * response. The released code ends with an error when a word has no MEAD class; here it is a miss.
 */
export function empathyScore(samples: readonly EmpathySample[], groups?: readonly KeywordGroup[]): EmpathyScore {
  const pairs = samples.map(({ gold, response }) => ({ gold, stated: readStatedEmotion(response, groups) }));
  return roundedPercent({
    emotionAccuracy: shareOf(pairs, ({ gold, stated }) => gold === stated),
    hitRate: shareOf(pairs, ({ gold, stated }) => sameClass(publishedMeadClass, gold, stated)),
    ...distinct(samples, distinctPerResponse),
  });
}

/**
 * The same without its quirks, in percent: the emotion is read by the grammar of the task, both sides are projected, words
 * outside the published table get a MEAD class by our own wheel (and *embarrassed* is sad), Dist-n is taken over all
 * responses. `gold` is the emotion as annotated.
 */
export function correctedEmpathyScore(
  samples: readonly EmpathySample[],
  groups?: readonly KeywordGroup[],
): EmpathyScore {
  const pairs = samples.map(({ gold, response }) => ({
    gold: canonicalLabel(gold),
    stated: readEmotionByGrammar(response, groups),
  }));
  const score = {
    emotionAccuracy: shareOf(pairs, ({ gold, stated }) => projectedGold(gold) === projectedGold(stated)),
    hitRate: shareOf(pairs, ({ gold, stated }) => sameClass(meadClass, gold, stated)),
    ...distinct(samples, distinctOfCorpus),
  };
  return asPercent(score, (value) => value);
}

/** MEAD class by the published table; `undefined` for words outside it. */
export const publishedMeadClass = (emotion: string): MeadClass | undefined => lookUp(publishedMeadClassOf, emotion);

/** MEAD class by the published table, with *embarrassed* as sad, and by our own wheel for words outside it. */
export function meadClass(emotion: string): MeadClass | undefined {
  if (emotion === 'embarrassed') return 'sad';
  const family = familyOf(emotion);
  return publishedMeadClass(emotion) ?? (family === undefined ? undefined : lookUp(meadClassOfFamily, family));
}

const familyOf = wheelMapper(ownEmotionWheels, ownEmotionWheels.wheels[0]!);

/** A table made of a plain object knows nothing about `constructor`. */
function lookUp<Value>(table: Readonly<Record<string, Value>>, word: string): Value | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

function sameClass(classOf: (emotion: string) => MeadClass | undefined, gold: string, stated: string): boolean {
  const goldClass = classOf(gold);
  return goldClass !== undefined && goldClass === classOf(stated);
}

function distinct(samples: readonly EmpathySample[], share: typeof distinctOfCorpus) {
  const responses = samples.map(({ response }) => response);
  return { dist1: share(responses, 1), dist2: share(responses, 2) };
}

const shareOf = <Item>(items: readonly Item[], holds: (item: Item) => boolean) =>
  mean(items.map((item) => (holds(item) ? 1 : 0)));

const roundedPercent = (score: EmpathyScore) => asPercent(score, roundToHundredths);

function asPercent(score: EmpathyScore, round: (percent: number) => number): EmpathyScore {
  const { emotionAccuracy, hitRate, dist1, dist2 } = score;
  return {
    emotionAccuracy: round(emotionAccuracy * 100),
    hitRate: round(hitRate * 100),
    dist1: round(dist1 * 100),
    dist2: round(dist2 * 100),
  };
}

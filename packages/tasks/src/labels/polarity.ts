import { canonicalLabel } from './plain-label';

/**
 * Valence of emotion words, in [-1, 1], on a coarse scale of our own: it covers the label sets of this package and the
 * words that people commonly use for how someone feels. Surprise and the like lean to neither side.
 */
export const wordsByValence: readonly (readonly [valence: number, words: string])[] = [
  [0.9, 'ecstatic elated overjoyed thrilled'],
  [0.8, 'delighted excited excitement happiness happy joy joyful love loving'],
  [0.7, 'admiration affectionate amused amusement cheerful gratitude grateful praise pride proud satisfied'],
  [0.6, 'caring confident content contented enthusiastic faithful hopeful optimism optimistic pleased relieved relief'],
  [0.5, 'anticipating approval calm comfortable friendly hope impressed prepared relaxed trust trusting'],
  [0.3, 'anticipation curious desire interested sympathetic curiosity'],
  [0, 'expectant neutral realization serious surprise surprised thoughtful'],
  [-0.1, 'nostalgia nostalgic pensive reflective sentimental'],
  [-0.2, 'doubt doubtful hesitant puzzled sceptical skeptical'],
  [-0.3, 'bored boredom confused confusion conflicted embarrassed embarrassment shocked tired weary'],
  [-0.4, 'apprehensive concern concerned disapproval exhausted nervous nervousness uneasy worried worry'],
  [-0.5, 'annoyance annoyed anxiety anxious burdened disappointed disappointment dissatisfied envious impatient'],
  [-0.5, 'irritated jealous lonely loneliness overwhelm overwhelmed stress stressed tense'],
  [-0.6, 'afraid ashamed contempt contemptuous fear fearful frustrated frustration guilt guilty helpless'],
  [-0.6, 'helplessness hurt pessimism pessimistic regret remorse scared shame upset'],
  [-0.7, 'anger angry disgust disgusted melancholy melancholic sad sadness sorrow unhappy'],
  [-0.8, 'despair desperate despairing grief hateful hatred terrified'],
  [-0.9, 'devastated furious rage'],
];

/** Word to valence in [-1, 1]; frozen. */
export const emotionValence: Readonly<Record<string, number>> = Object.freeze(
  Object.fromEntries(wordsByValence.flatMap(([valence, words]) => words.split(' ').map((word) => [word, valence]))),
);

/** Valences closer to zero than this are called neutral when a polarity is derived from a number alone. */
export const neutralBand = 0.1;

/** Polarity of a valence in [-1, 1]: neutral inside ±{@link neutralBand}. */
export function sentimentOfValence(valence: number): 'positive' | 'neutral' | 'negative' {
  if (Math.abs(valence) < neutralBand) return 'neutral';
  return valence > 0 ? 'positive' : 'negative';
}

/**
 * Mean valence of the words found in {@link emotionValence}, rounded to two decimals; unknown words do not count.
 * @returns `undefined` when no word is known
 */
export function valenceOfEmotions(emotions: readonly string[]): number | undefined {
  const words = emotions.map(canonicalLabel).filter((word) => Object.hasOwn(emotionValence, word));
  const known = words.map((word) => emotionValence[word] as number);
  if (known.length === 0) return undefined;
  return roundValence(known.reduce((sum, value) => sum + value, 0) / known.length);
}

/** Two decimals, as answers carry it; never negative zero. */
export function roundValence(valence: number): number {
  return Math.round(valence * 100) / 100 + 0;
}

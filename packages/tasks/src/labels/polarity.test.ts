import { describe, expect, it } from 'vitest';
import { labelSets } from './label-sets';
import { emotionValence, neutralBand, sentimentOfValence, valenceOfEmotions, wordsByValence } from './polarity';

const emotionSets = ['sevenEmotions', 'merrFine', 'mer2023', 'meld', 'iemocap4', 'avaMerg'] as const;

describe('emotionValence', () => {
  it.each(emotionSets)('knows every label of %s', (name) => {
    const unknown = labelSets[name].filter((label) => !Object.hasOwn(emotionValence, label));
    expect(unknown).toEqual([]);
  });

  it('stays in [-1, 1] and lists no word twice', () => {
    expect(Object.values(emotionValence).every((valence) => Math.abs(valence) <= 1)).toBe(true);
    const listed = wordsByValence.flatMap(([, words]) => words.split(' '));
    expect(listed.filter((word, index) => listed.indexOf(word) !== index)).toEqual([]);
  });
});

describe('valenceOfEmotions', () => {
  it('averages known words and passes over the others', () => {
    expect(valenceOfEmotions(['Happy', 'zzz', 'worried'])).toBeCloseTo(0.2);
    expect(valenceOfEmotions(['zzz', 'constructor'])).toBeUndefined();
    expect(valenceOfEmotions([])).toBeUndefined();
  });
});

describe('sentimentOfValence', () => {
  it('is neutral inside the band and sided from its edge on', () => {
    expect([-1, -neutralBand, -0.09, 0, 0.09, neutralBand, 1].map(sentimentOfValence)).toEqual([
      ...['negative', 'negative', 'neutral', 'neutral', 'neutral', 'positive', 'positive'],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { labelSets } from './label-sets';
import { findMentions, matchLabel } from './match-label';

describe('matchLabel', () => {
  it.each([
    ['Happy', labelSets.sevenEmotions, 'happy'],
    ['joyful', labelSets.sevenEmotions, 'happy'],
    [' angry ', labelSets.meld, 'anger'],
    ['anger', labelSets.mer2023, 'angry'],
    ['sad', labelSets.meld, 'sadness'],
    ['scared', labelSets.cremaD, 'fear'],
    ['elated', labelSets.sevenEmotions, undefined],
    ['surprised', labelSets.cremaD, undefined],
  ])('%s', (word, candidates, expected) => {
    expect(matchLabel(word, candidates)).toBe(expected);
  });

  it('prefers the exact candidate and does not guess between two forms of one emotion', () => {
    expect(matchLabel('joy', ['joy', 'happy'])).toBe('joy');
    expect(matchLabel('joyful', ['joy', 'happy'])).toBeUndefined();
  });
});

describe('findMentions', () => {
  it('finds whole words only, longest first, with their place', () => {
    const text = 'Careless? No: Ask for help, then thank.';
    const mentions = findMentions(text, ['care', 'ask', 'ask for help', 'thank']);
    expect(mentions.map(({ label }) => label)).toEqual(['ask for help', 'thank']);
    expect(mentions.map(({ start, end }) => text.slice(start, end))).toEqual(['Ask for help', 'thank']);
  });

  it('treats candidates as text, not as patterns', () => {
    expect(findMentions('aab', ['a+b'])).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { createEmotionWheels, type EmotionWheel } from './emotion-wheels';
import { ownEmotionWheels } from './own-wheel';
import { mappedGroups, wheelMapper } from './wheel-mapper';

const rows = (...entries: [string, string, string][]) =>
  entries.map(([level1, level2, level3]) => ({ level1, level2, level3 }));

// Two families; "torn" stands on both. "fear" is a form of "fearless" too, as in the published tables.
const wheel: EmotionWheel = {
  name: 'w',
  entries: rows(
    ['up', 'proud', 'brave'],
    ['up', 'merry', 'torn'],
    ['down', 'timid', 'scared'],
    ['down', 'low', 'torn'],
  ),
};
const tables = createEmotionWheels({
  wheels: [wheel],
  forms: [
    ['fear', ['fears', 'fearing']],
    ['fearless', ['fear']],
    ['torn', []],
    ['up', []],
    ['stray', ['strays']],
  ],
  synonyms: [
    ['brave', ['fearless']],
    ['scared', ['fear']],
    ['timid', ['fear']],
    ['torn', ['torn']],
    ['up', []],
  ],
});

describe('wheelMapper, by hand', () => {
  it('lets the alphabetically first candidate decide, as published', () => {
    const map = wheelMapper(tables, wheel);
    expect(map('fear')).toBe('up'); // brave < scared < timid
    expect(map(' FEARS ')).toBe('down');
    expect(map('torn')).toBe('down'); // the later row
    expect([map('strays'), map('unheard of'), map('')]).toEqual([undefined, undefined, undefined]);
  });

  it('lets candidates vote', () => {
    const map = wheelMapper(tables, wheel, { rule: 'votes' });
    expect(map('fear')).toBe('down');
    expect(map('torn')).toBe('up'); // a draw: the first family of the wheel
    expect(map('strays')).toBeUndefined();
  });

  it('groups by the second ring, a family under the alphabetically first of its own', () => {
    const map = wheelMapper(tables, wheel, { level: 'level2' });
    expect([map('fears'), map('torn'), map('up')]).toEqual(['timid', 'low', 'merry']);
  });

  it('keeps labels without a place when asked to', () => {
    const map = wheelMapper(tables, wheel, { unmapped: 'keep' });
    expect(mappedGroups(['Strays', 'fears', ' '], map)).toEqual(new Set(['strays', 'down']));
  });
});

describe('our own wheel', () => {
  const [own] = ownEmotionWheels.wheels as [EmotionWheel];
  const map = wheelMapper(ownEmotionWheels, own);

  it('has lower-case words, each form with one place', () => {
    expect(own.entries.length).toBeGreaterThan(150);
    for (const [form, bases] of ownEmotionWheels.baseWords) {
      expect(form).toMatch(/^[a-z][a-z-]*$/);
      expect(new Set(bases.map(map)).size, form).toBe(1);
    }
  });

  it('gives every base word the same place by either rule', () => {
    const voted = wheelMapper(ownEmotionWheels, own, { rule: 'votes' });
    for (const form of ownEmotionWheels.baseWords.keys()) expect(voted(form), form).toBe(map(form));
  });

  it.each([
    ['joy', 'joyful'],
    ['anger', 'angry'],
    ['sadness', 'sad'],
    ['fear', 'afraid'],
    ['disgust', 'disgusted'],
    ['surprise', 'surprised'],
    ['neutral', 'neutral'],
    ['worried', 'afraid'],
    ['contempt', 'contemptuous'],
    ['guilty', 'ashamed'],
    ['lonely', 'sad'],
  ])('puts %s under %s', (label, family) => {
    expect(map(label)).toBe(family);
  });
});

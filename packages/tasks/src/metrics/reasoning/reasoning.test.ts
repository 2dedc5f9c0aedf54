import { describe, expect, it } from 'vitest';
import type { Judge } from './judge';
import { firstNumber } from './judge';
import { reasoningScore } from './reasoning-score';
import { ruleBasedJudge } from './rule-based-judge';
import { wheelLabelExtractor } from './wheel-label-extractor';

const extractor = wheelLabelExtractor();

describe('wheelLabelExtractor', () => {
  it.each([
    ['She beams with joy, then sighs sadly. Joy again!', ['joy', 'sadly']],
    ['He is not at all happy, but calm.', ['calm']],
    ["It isn't scary; she feels heavy-hearted", ['heavy-hearted']],
    ['Nothing of that sort.', []],
    ['', []],
  ])('reads %j', async (text, labels) => expect(await extractor.extract(text)).toEqual(labels));
});

describe('ruleBasedJudge', () => {
  const judge = ruleBasedJudge();
  const score = async (about: 'clues' | 'labels', gold: string, prediction: string) =>
    (await judge.compare({ about, gold, prediction })).score;

  it('compares labels by family of the wheel', async () => {
    expect(await score('labels', 'happy, worried', 'joy, nervous')).toBe(10);
    expect(await score('labels', 'happy', 'sad')).toBe(1);
    expect(await score('labels', 'happy, sad', 'glad')).toBeCloseTo(1 + 9 * (2 / 3), 12); // P 1, R 1/2
    expect(await score('labels', '', '')).toBe(10);
    expect(await score('labels', 'happy', '')).toBe(1);
  });

  it('compares clues by families and content words', async () => {
    const gold = 'He frowns and speaks in a low, angry voice.';
    expect(await score('clues', gold, gold)).toBe(10);
    const near = (await score('clues', gold, 'A furious voice, and he frowns.')) as number;
    const far = (await score('clues', gold, 'She smiles at the sea.')) as number;
    expect(near).toBeGreaterThan(5);
    expect(far).toBe(1);
  });
});

describe('reasoningScore', () => {
  it('gives descriptions and extracted labels to the judge, and averages its marks', async () => {
    const asked: string[] = [];
    const marks: Record<string, number | undefined> = { 'clues/a': 8, 'labels/happy': 6, 'clues/b': undefined };
    const judge: Judge = {
      compare: async ({ about, gold, prediction }) => {
        asked.push(`${about}/${gold}/${prediction}`);
        return {
          score: Object.hasOwn(marks, `${about}/${prediction}`) ? marks[`${about}/${prediction}`] : 2024,
          reply: '',
        };
      },
    };
    const samples = [
      { gold: 'so glad', prediction: 'a' },
      { gold: 'so sad', prediction: 'b' },
      { gold: 'no', prediction: 'happy' },
    ];
    const score = await reasoningScore(samples, { judge, extractor, concurrency: 1 });
    expect(asked).toEqual([
      ...['clues/so glad/a', 'labels/glad/', 'clues/so sad/b', 'labels/sad/', 'clues/no/happy', 'labels//happy'],
    ]);
    expect(score).toEqual({
      clueOverlap: (8 + 0 + 2024) / 3, // as published: no number is 0, and any number is believed
      labelOverlap: (2024 + 2024 + 6) / 3,
      clueOverlapRated: 8,
      labelOverlapRated: 6,
    });
  });

  it('begins nothing new after a failure', async () => {
    let calls = 0;
    const judge: Judge = {
      compare: async () => {
        calls++;
        throw new Error('broken');
      },
    };
    const samples = Array.from({ length: 50 }, () => ({ gold: 'x', prediction: 'y' }));
    await expect(reasoningScore(samples, { judge, extractor, concurrency: 2 })).rejects.toThrow('broken');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(calls).toBe(2);
  });

  it('stops when aborted', async () => {
    const options = { judge: ruleBasedJudge(), extractor, signal: AbortSignal.abort() };
    await expect(reasoningScore([{ gold: 'x', prediction: 'y' }], options)).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

it.each([
  ['7', 7],
  ['Score: 8.5/10', 8.5],
  ['none', undefined],
  ['', undefined],
])('the first number of %j is %s', (reply, number) => expect(firstNumber(reply)).toBe(number));

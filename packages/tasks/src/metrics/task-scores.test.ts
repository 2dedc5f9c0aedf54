import { describe, expect, it } from 'vitest';
import { distinctOfCorpus, distinctPerResponse } from './empathy/distinct';
import { ergGoldProjection, meadClasses, meadClassOfFamily, publishedMeadClassOf } from './empathy/emotion-tables';
import {
  correctedEmpathyScore,
  empathyScore,
  meadClass,
  projectedGold,
  publishedMeadClass,
} from './empathy/empathy-score';
import { readEmotionByGrammar, readStatedEmotion } from './empathy/read-emotion';
import { hitRateScore } from './hit-rate';
import { intentScore, lenientIntentScore } from './intent';
import { readOpenLabels } from './open-labels';
import { openVocabularyScore } from './open-vocabulary';
import { binarySentimentScore, signSentimentScore } from './sentiment';
import { createEmotionWheels } from './wheels/emotion-wheels';
import { ownEmotionWheels } from './wheels/own-wheel';

const entry = (level1: string, level3: string) => ({ level1, level2: level1, level3 });
const words = ['up', 'glad', 'down', 'low', 'mad'];
const wheels = createEmotionWheels({
  wheels: [
    { name: 'one', entries: [entry('up', 'glad'), entry('down', 'low')] },
    { name: 'two', entries: [entry('mad', 'mad'), entry('up', 'glad')] },
  ],
  forms: words.map((word) => [word, []]),
  synonyms: words.map((word) => [word, []]),
});

describe('openVocabularyScore, by hand', () => {
  const samples = [
    { gold: ['glad', 'low'], prediction: ['glad'] }, // one: P 1, R 1/2; two: P 1, R 1
    { gold: ['glad'], prediction: ['low', 'Glad '] }, // one: P 1/2, R 1; two: P 1, R 1
    { gold: ['up'], prediction: ['mad'] }, // one: nothing predicted; two: P 0, R 0
    { gold: ['neutral'], prediction: ['up'] }, // no place
  ];
  const scores = openVocabularyScore(samples, wheels);

  it('takes F of the averages, and the mean of wheels', () => {
    const [one, two] = scores?.perWheel ?? [];
    expect(one).toMatchObject({ wheel: 'one', samples: 3 });
    expect(one?.score.f).toBeCloseTo(0.5, 12); // P = R = 1.5 / 3
    expect(one?.score.fOfSamples).toBeCloseTo((2 / 3 + 2 / 3) / 3, 12);
    expect(two?.score.f).toBeCloseTo(2 / 3, 12);
    expect(scores?.mean.f).toBeCloseTo((0.5 + 2 / 3) / 2, 12);
  });

  it('counts every sample when unmapped labels are kept', () => {
    const kept = openVocabularyScore(samples, wheels, { unmapped: 'keep' });
    expect(kept?.perWheel.map(({ samples: counted }) => counted)).toEqual([4, 4]);
    expect(kept?.mean.f).toBeLessThan(scores?.mean.f as number);
  });

  it('is undefined when nothing counts', () => {
    expect(openVocabularyScore([{ gold: ['neutral'], prediction: ['up'] }], wheels)).toBeUndefined();
    expect(openVocabularyScore([], wheels)).toBeUndefined();
  });
});

it('hitRateScore, by hand', () => {
  const samples = [
    { gold: 'glad', prediction: ['glad', 'low', 'mad'] }, // one: hit, of 2 groups that classes have; two: hit, of 1
    { gold: 'low', prediction: ['glad'] }, // one: miss; two: skipped
    { gold: 'neutral', prediction: ['neutral'] }, // skipped
  ];
  const scores = hitRateScore(samples, wheels);
  expect(scores?.perWheel.map(({ score }) => score)).toEqual([
    { hitRate: 0.5, mScore: 0.25 },
    { hitRate: 1, mScore: 1 },
  ]);
  expect(scores?.mean).toEqual({ hitRate: 0.75, mScore: 0.625 });
  expect(hitRateScore(samples, wheels, { unmapped: 'keep' })?.perWheel.map(({ samples: n }) => n)).toEqual([3, 3]);
});

it('readOpenLabels reads written lists, apostrophes as published or not', () => {
  expect(readOpenLabels(`['Happy', "proud ", , x]`)).toEqual(['happy', 'proud', 'x']);
  expect(readOpenLabels("[don't care]")).toEqual(['don', 't care']);
  expect(readOpenLabels(`['don't care', "sad"]`, { apostrophes: 'keep' })).toEqual(["don't care", 'sad']);
  expect(readOpenLabels('[]')).toEqual([]);
});

describe('sentiment, by hand', () => {
  const samples = [
    { gold: 1.2, prediction: 1 },
    { gold: 0, prediction: 1 },
    { gold: -0.4, prediction: 0 },
    { gold: 2, prediction: 0 },
  ];

  it('published: gold 0 is dropped, a neutral prediction is negative', () => {
    // positive: P 1, R 1/2, F 2/3 (2 clips); negative: P 1/2, R 1, F 2/3 (1 clip)
    const score = binarySentimentScore(samples);
    expect(score.samples).toBe(3);
    expect(score.accuracy).toBeCloseTo(2 / 3, 12);
    expect(score.waf).toBeCloseTo(2 / 3, 12);
  });

  it('by sign: all count, three classes', () => {
    const score = signSentimentScore(samples);
    expect(score.accuracy).toBe(0.25);
    expect(score.waf).toBeCloseTo(0.25, 12); // positive P 1/2, R 1/2, 2 of 4 clips; the others 0
    expect(Object.keys(score.perClass)).toEqual(['negative', 'neutral', 'positive']);
  });
});

it('intents are compared to the letter, or leniently', () => {
  const samples = [
    { gold: 'Agree', prediction: 'Agree' },
    { gold: 'Agree', prediction: ' agree.' },
    { gold: 'Joke', prediction: 'Joke' },
  ];
  expect(intentScore(samples)).toEqual({ acc: 66.67, wf1: 77.78, wp: 100 });
  expect(lenientIntentScore(samples)).toEqual({ acc: 100, wf1: 100, wp: 100 });
});

describe('empathic responses', () => {
  const think = (emotion: string, response = 'I am here.') =>
    `<think>Firstly, the event scenario is: news\nSecondly, the emotion of the speaker is ${emotion}\nThirdly, the emotion cause is news\nFourthly, the goal to response is to help</think>\n ${response}`;

  it('project 75 words once', () => {
    expect(Object.keys(ergGoldProjection)).toHaveLength(75);
    expect(['worried', 'anxious', 'afraid', 'fear', 'bored'].map(projectedGold)).toEqual([
      ...['anxious', 'sad', 'fear', 'afraid', 'bored'],
    ]);
    expect(projectedGold('constructor')).toBe('constructor');
  });

  it('have eight classes', () => {
    expect(new Set(Object.values(publishedMeadClassOf))).toEqual(new Set(meadClasses));
    expect(publishedMeadClass('embarrassed')).toBe('disgusted');
    expect(meadClass('embarrassed')).toBe('sad');
    expect([publishedMeadClass('tired'), meadClass('tired')]).toEqual([undefined, 'sad']);
    expect([meadClass('unknown'), meadClass('toString')]).toEqual([undefined, undefined]);
    const families = new Set(ownEmotionWheels.wheels.flatMap(({ entries }) => entries.map(({ level1 }) => level1)));
    expect(new Set(Object.keys(meadClassOfFamily))).toEqual(families);
  });

  it('state an emotion', () => {
    expect(readStatedEmotion(think('Sad'))).toBe('sad');
    expect(readStatedEmotion(think('a bit sad'))).toBe('a'); // the published reading takes one word
    expect(readEmotionByGrammar(think('let down'))).toBe('let down');
    expect(readStatedEmotion('You must be so frightened!')).toBe('frightened');
    expect(readStatedEmotion('We made it', [['angry', ['mad']]])).toBe('angry'); // inside "made", as published
    expect(readEmotionByGrammar('We made it', [['angry', ['mad']]])).toBe('unknown');
    expect(readEmotionByGrammar('So mad!', [['angry', ['mad']]])).toBe('angry');
    expect(readStatedEmotion('')).toBe('unknown');
    expect(readStatedEmotion('</think>the emotion of the speaker is sad<think>', [])).toBe('unknown');
  });

  it('are scored as published, and corrected', () => {
    const samples = [
      { gold: 'worried', response: think('worried') }, // projected gold: anxious
      { gold: 'proud', response: think('happy') }, // projected gold: happy
      { gold: 'furious', response: think('tired') },
      { gold: 'sad', response: think('sad', 'I am here. I am here.') },
    ];
    const projected = samples.map(({ gold, response }) => ({ gold: projectedGold(gold), response }));
    expect(empathyScore(projected)).toEqual({
      emotionAccuracy: 50,
      hitRate: 50, // "worried" and "tired" have no class
      dist1: 87.5, // 1, 1, 1, 1/2
      dist2: 90, // 1, 1, 1, 3/5
    });
    const corrected = correctedEmpathyScore(samples);
    expect(corrected.emotionAccuracy).toBe(75); // all but "furious" for "tired": "proud" and "happy" both end as happy
    expect(corrected.hitRate).toBe(75);
    expect(corrected.dist1).toBeCloseTo((100 * 3) / 15, 12);
  });

  it('Dist-n leaves out think blocks, and responses too short for an n-gram', () => {
    expect(distinctPerResponse(['<think>x\ny</think> a B b', 'one'], 2)).toBe(1);
    expect(distinctPerResponse(['', '<think>only</think>'], 1)).toBe(0);
    expect(distinctOfCorpus(['a b', 'a b'], 1)).toBe(0.5);
    expect(distinctOfCorpus([], 2)).toBe(0);
  });
});

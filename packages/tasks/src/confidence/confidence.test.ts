import { InvalidArgumentError, NonFiniteError } from '@nano-emox/tensor-contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAnswer } from '../answer/answers';
import { candidateDistribution, mostLikely } from './candidate-distribution';
import { candidateTargets } from './candidate-targets';
import { readGenerated } from './read-generated';
import { spanConfidence } from './span-confidence';

const token = (text: string, probability: number) => ({ text, logProbability: Math.log(probability) });

describe('spanConfidence', () => {
  const tokens = [
    token('The', 0.1),
    token(' emotion', 0.2),
    token(' is', 0.3),
    token(' ha', 0.9),
    token('ppy', 0.4),
    token('.', 0.5),
  ];

  it('is the geometric mean of the tokens that spell the span', () => {
    expect(spanConfidence(tokens, [{ start: 15, end: 20 }])).toBeCloseTo(Math.sqrt(0.9 * 0.4), 12);
    expect(spanConfidence(tokens, [{ start: 0, end: 21 }])).toBeCloseTo(
      (0.1 * 0.2 * 0.3 * 0.9 * 0.4 * 0.5) ** (1 / 6),
      12,
    );
  });

  it('counts a token once, however many spans touch it', () => {
    const spans = [
      { start: 15, end: 16 },
      { start: 16, end: 18 },
    ];
    expect(spanConfidence(tokens, spans)).toBeCloseTo(Math.sqrt(0.9 * 0.4), 12);
  });

  it('counts silent tokens with the text they lead to, not with the text before', () => {
    const emoji = [token('a', 0.5), token('', 0.25), token('é', 0.16), token('', 0.001)];
    expect(spanConfidence(emoji, [{ start: 1, end: 2 }])).toBeCloseTo(0.2, 12);
    expect(spanConfidence(emoji, [{ start: 0, end: 1 }])).toBeCloseTo(0.5, 12);
  });

  it('lies between the least and the greatest probability', () => {
    const probability = fc.double({ min: 1e-9, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(probability, { minLength: 1 }), (probabilities) => {
        const confidence = spanConfidence(
          probabilities.map((p) => token('x', p)),
          [{ start: 0, end: probabilities.length }],
        );
        expect(confidence).toBeGreaterThanOrEqual(Math.min(...probabilities) * (1 - 1e-9));
        expect(confidence).toBeLessThanOrEqual(Math.min(1, Math.max(...probabilities) * (1 + 1e-9)));
      }),
      { seed: 11 },
    );
  });

  it('is 0 for an impossible token and 1 for rounding above 1', () => {
    expect(spanConfidence([{ text: 'x', logProbability: -Infinity }], [{ start: 0, end: 1 }])).toBe(0);
    expect(spanConfidence([{ text: 'x', logProbability: 1e-7 }], [{ start: 0, end: 1 }])).toBe(1);
  });

  it('refuses numbers that are no probabilities and spans that hold no token', () => {
    expect(() => spanConfidence([{ text: 'x', logProbability: Number.NaN }], [{ start: 0, end: 1 }])).toThrow(
      NonFiniteError,
    );
    expect(() => spanConfidence([{ text: 'x', logProbability: 0.5 }], [{ start: 0, end: 1 }])).toThrow(NonFiniteError);
    expect(() => spanConfidence(tokens, [])).toThrow(InvalidArgumentError);
    expect(() => spanConfidence(tokens, [{ start: 99, end: 100 }])).toThrow(InvalidArgumentError);
  });
});

describe('readGenerated', () => {
  it('takes its confidence from the label words alone', () => {
    const tokens = [token('The emotion is', 0.01), token(' happy', 0.8), token('.', 0.02), token('###', 0.03)];
    const outcome = readGenerated('mer', tokens);
    expect(outcome).toMatchObject({ status: 'parsed', value: { emotion: 'happy' }, text: 'The emotion is happy.###' });
    expect(outcome.status === 'parsed' && outcome.confidence).toBeCloseTo(0.8, 12);
  });

  it('gives each word of a list its own', () => {
    const tokens = [
      token('The person feels', 1),
      token(' happy', 0.9),
      token(',', 1),
      token(' proud', 0.4),
      token('.', 1),
    ];
    const outcome = readGenerated('ovMer', tokens);
    if (outcome.status === 'unparsed') throw new Error(outcome.detail);
    expect(outcome.spans.map(({ confidence }) => confidence.toFixed(2))).toEqual(['0.90', '0.40']);
    expect(outcome.confidence).toBeCloseTo(0.6, 12);
  });

  it('falls back to what the answer has', () => {
    const outcome = readGenerated('msa', [token('Valence', 0.1), token(' -0.5', 0.7)]);
    expect(outcome.status === 'parsed' && outcome.confidence).toBeCloseTo(0.7, 12);
    const mapped = readGenerated('msa', [token('happy', 0.3), token('.', 1)], { msaFrom: 'open-vocabulary' });
    expect(mapped).toMatchObject({ value: { sentiment: 'positive', valence: 0.8 } });
    expect(mapped.status === 'parsed' && mapped.confidence).toBeCloseTo(0.3, 12);
  });

  it('passes an unparsed answer on', () => {
    expect(readGenerated('mer', [token('Bananas', 0.9)])).toEqual(parseAnswer('mer', 'Bananas'));
    expect(readGenerated('mer', [])).toMatchObject({ status: 'unparsed', reason: 'empty' });
  });
});

describe('candidateDistribution', () => {
  const score = (label: string, logProbability: number, tokens = 1) => ({ label, logProbability, tokens });

  it('renormalises the probabilities of whole answers', () => {
    const scores = [score('a', Math.log(0.06)), score('b', Math.log(0.02)), score('c', -Infinity)];
    const distribution = candidateDistribution(scores);
    expect(distribution.map(({ probability }) => probability)).toEqual([
      expect.closeTo(0.75, 12),
      expect.closeTo(0.25, 12),
      0,
    ]);
    expect(mostLikely(distribution).label).toBe('a');
  });

  it('can judge by the mean over tokens', () => {
    const scores = [score('short', -2, 1), score('long', -3, 3)];
    expect(mostLikely(candidateDistribution(scores)).label).toBe('short');
    const byMean = candidateDistribution(scores, { length: 'mean' });
    expect(mostLikely(byMean).probability).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
    expect(mostLikely(byMean).label).toBe('long');
  });

  it('sums to one, keeps order, and does not mind a common offset', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -5000, max: 0, noNaN: true }), { minLength: 1 }), (values) => {
        const scores = values.map((value, index) => score(`${index}`, value));
        const distribution = candidateDistribution(scores);
        expect(distribution.map(({ label }) => label)).toEqual(scores.map(({ label }) => label));
        expect(distribution.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
        const shifted = candidateDistribution(
          scores.map((entry) => ({ ...entry, logProbability: entry.logProbability - 900 })),
        );
        for (const [index, { probability }] of shifted.entries()) {
          expect(probability).toBeCloseTo(distribution[index]?.probability ?? Number.NaN, 9);
        }
      }),
      { seed: 13 },
    );
  });

  it('flattens with temperature', () => {
    const scores = [score('a', -1), score('b', -3)];
    const sharpness = [0.5, 1, 4].map(
      (temperature) => mostLikely(candidateDistribution(scores, { temperature })).probability,
    );
    expect(sharpness).toEqual([...sharpness].sort((a, b) => b - a));
    expect(sharpness[2]).toBeCloseTo(1 / (1 + Math.exp(-0.5)), 12);
  });

  it('refuses what has no distribution', () => {
    expect(() => candidateDistribution([])).toThrow(InvalidArgumentError);
    expect(() => candidateDistribution([score('a', -1, 0)])).toThrow(InvalidArgumentError);
    expect(() => candidateDistribution([score('a', -1)], { temperature: 0 })).toThrow(InvalidArgumentError);
    expect(() => candidateDistribution([score('a', Number.NaN)])).toThrow(NonFiniteError);
    expect(() => candidateDistribution([score('a', -Infinity)])).toThrow(NonFiniteError);
    expect(() => mostLikely([])).toThrow(InvalidArgumentError);
  });
});

describe('candidateTargets', () => {
  it('are what the model was trained to write', () => {
    expect(candidateTargets('mer', ['happy', 'sad'])).toEqual([
      { label: 'happy', text: 'The emotion is happy.###' },
      { label: 'sad', text: 'The emotion is sad.###' },
    ]);
    expect(candidateTargets('mir')).toContainEqual({ label: 'ask for help', text: 'Ask for help###' });
    expect(candidateTargets('msa').map(({ text }) => text)).toContain('The sentiment is neutral,');
  });

  it.each(['msa', 'mer', 'mir'] as const)('%s: none is the beginning of another', (task) => {
    const texts = candidateTargets(task).map(({ text }) => text);
    expect(texts.filter((text) => texts.some((other) => other !== text && other.startsWith(text)))).toEqual([]);
  });
});

import { Random } from '@nano-emox/engine';
import { InvalidArgumentError, NonFiniteError, type SamplingOptions } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { chooseToken, resolveSampling } from './sampling';

/** Probabilities 0.5, 0.3, 0.15, 0.05, in another order, plus a constant that must not matter. */
const probabilities = [0.15, 0.5, 0.05, 0.3];
const logits = Float32Array.from(probabilities, (probability) => Math.log(probability) + 3);

function frequencies(options: SamplingOptions, draws = 20_000): number[] {
  const sampling = resolveSampling(options);
  const random = new Random(7);
  const counts = [0, 0, 0, 0];
  for (let draw = 0; draw < draws; draw++) counts[chooseToken(logits, sampling, random).id]!++;
  return counts.map((count) => count / draws);
}

/** Five standard deviations of a frequency over 20,000 draws. */
const TOLERANCE = 5 * Math.sqrt(0.25 / 20_000);

function expectFrequencies(options: SamplingOptions, expected: readonly number[]): void {
  frequencies(options).forEach((frequency, id) => {
    expect(Math.abs(frequency - (expected[id] as number)), `id ${id}`).toBeLessThan(
      expected[id] === 0 ? 1e-9 : TOLERANCE,
    );
  });
}

describe('chooseToken', () => {
  it('takes the most probable token without temperature', () => {
    expect(frequencies({}, 100)).toEqual([0, 1, 0, 0]);
    expect(chooseToken(Float32Array.of(1, 2, 2), resolveSampling({}), new Random(0)).id).toBe(1);
  });

  it('draws by probability at temperature 1', () => {
    expectFrequencies({ temperature: 1 }, probabilities);
  });

  it('sharpens with temperature: probabilities are raised to its reciprocal', () => {
    const squares = probabilities.map((probability) => probability ** 2);
    const total = squares.reduce((sum, square) => sum + square, 0);
    expectFrequencies(
      { temperature: 0.5 },
      squares.map((square) => square / total),
    );
  });

  it('keeps the topK most probable', () => {
    expectFrequencies({ temperature: 1, topK: 2 }, [0, 0.5 / 0.8, 0, 0.3 / 0.8]);
  });

  it('keeps the smallest set that holds topP of the probability', () => {
    expectFrequencies({ temperature: 1, topP: 0.79 }, [0, 0.5 / 0.8, 0, 0.3 / 0.8]);
    expectFrequencies({ temperature: 1, topP: 0.81 }, [0.15 / 0.95, 0.5 / 0.95, 0, 0.3 / 0.95]);
    expectFrequencies({ temperature: 1, topP: 1e-6 }, [0, 1, 0, 0]);
  });

  it('reports the log-probability of the model, before temperature and filters', () => {
    const sampling = resolveSampling({ temperature: 3, topK: 2, topP: 0.9 });
    const random = new Random(1);
    for (let draw = 0; draw < 20; draw++) {
      const { id, logProbability } = chooseToken(logits, sampling, random);
      expect(logProbability).toBeCloseTo(Math.log(probabilities[id] as number), 6);
    }
  });

  it('does not overflow on large logits and refuses those that are no numbers', () => {
    const large = Float32Array.of(900, 901);
    expect(chooseToken(large, resolveSampling({}), new Random(0)).logProbability).toBeCloseTo(
      -Math.log1p(Math.exp(-1)),
      5,
    );
    expect(() => chooseToken(Float32Array.of(Number.NaN, 1), resolveSampling({}), new Random(0))).toThrow(
      NonFiniteError,
    );
  });
});

describe('resolveSampling', () => {
  const wrong: SamplingOptions[] = [
    { temperature: -1 },
    { temperature: Number.NaN },
    { topP: 0 },
    { topP: 1.1 },
    { topK: 1.5 },
    { maxNewTokens: 0 },
    { seed: 0.5 },
    { stop: ['ok', ''] },
  ];
  it.each(wrong)('refuses %o', (options) => {
    expect(() => resolveSampling(options)).toThrow(InvalidArgumentError);
  });
});

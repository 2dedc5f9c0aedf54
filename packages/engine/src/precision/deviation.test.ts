import { describe, expect, it } from 'vitest';
import { featureDeviation, logitDeviation } from './deviation';

describe('featureDeviation', () => {
  it('is none of equal features', () => {
    const values = Float32Array.of(1, 2, 3, 4);
    expect(featureDeviation(values, values, 2)).toEqual({ cosine: 1, worstRowCosine: 1, relativeError: 0 });
  });

  it('tells the worst row from the whole', () => {
    // Rows: the same direction, twice as long; a right angle.
    const found = featureDeviation(Float32Array.of(3, 4, 1, 0), Float32Array.of(6, 8, 0, 1), 2);
    expect(found.worstRowCosine).toBeCloseTo(0, 9);
    expect(found.cosine).toBeCloseTo(50 / Math.sqrt(26 * 101), 9);
    expect(found.relativeError).toBeCloseTo(Math.sqrt(27 / 26), 9);
  });

  it('refuses sizes that do not fit', () => {
    const four = new Float32Array(4);
    expect(() => featureDeviation(four, new Float32Array(6), 2)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
    expect(() => logitDeviation(four, four, 3)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

describe('logitDeviation', () => {
  it('does not see a constant added to a row', () => {
    const found = logitDeviation(Float32Array.of(0, 1, 2), Float32Array.of(5, 6, 7), 3);
    expect(found.meanDivergence).toBeCloseTo(0, 9);
    expect(found.agreement).toBe(1);
  });

  it('is the divergence in nats, and the share of equal choices', () => {
    // p = (3/4, 1/4), q = (1/4, 3/4): ½ ln 3; the second row is equal.
    const [high, low] = [Math.log(3), 0];
    const found = logitDeviation(Float32Array.of(high, low, 1, 0), Float32Array.of(low, high, 1, 0), 2);
    expect(found.largestDivergence).toBeCloseTo(Math.log(3) / 2, 6);
    expect(found.meanDivergence).toBeCloseTo(Math.log(3) / 4, 6);
    expect(found.agreement).toBe(0.5);
  });
});

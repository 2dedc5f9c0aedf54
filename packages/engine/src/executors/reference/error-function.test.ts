import { describe, expect, it } from 'vitest';
import { errorFunction } from './error-function';

// Alternating Taylor series in 80 decimal digits (Python 3 decimal), rounded to float64.
const knownValues: readonly (readonly [x: number, erf: number])[] = [
  [1e-300, 1.1283791670955126e-300],
  [1e-8, 1.1283791670955126e-8],
  [0.1, 0.1124629160182849],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [1.5, 0.9661051464753108],
  [2, 0.9953222650189527],
  [2.5, 0.999593047982555],
  [3, 0.9999779095030014],
  [4, 0.9999999845827421],
  [5, 0.9999999999984626],
  [5.9, 0.9999999999999999],
];

describe('errorFunction', () => {
  it.each(knownValues)('of %d has an error below 1e-15', (x, expected) => {
    expect(Math.abs(errorFunction(x) - expected)).toBeLessThan(1e-15);
    expect(errorFunction(-x)).toBe(-errorFunction(x));
  });

  it('keeps the relative precision of small arguments', () => {
    expect(errorFunction(1e-300) / 1e-300).toBeCloseTo(2 / Math.sqrt(Math.PI), 14);
  });

  it('saturates, and passes through zero and not-a-number', () => {
    expect(errorFunction(40)).toBe(1);
    expect(errorFunction(Number.NEGATIVE_INFINITY)).toBe(-1);
    expect(errorFunction(0)).toBe(0);
    expect(errorFunction(Number.NaN)).toBeNaN();
  });
});

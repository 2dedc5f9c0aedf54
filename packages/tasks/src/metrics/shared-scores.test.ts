import { describe, expect, it } from 'vitest';
import { expectedCalibrationError } from './calibration';
import { classificationScore } from './classification';
import { jaccard, mean, pearson, roundToHundredths } from './statistics';

describe('classificationScore, by hand', () => {
  // a: 2 of 3 found, 2 of 2 right; b: 1 of 1 found, 1 of 2 right; c only predicted... never; d only gold.
  const score = classificationScore(['a', 'a', 'a', 'b', 'd'], ['a', 'a', 'b', 'b', 'c']);

  it('scores each class', () => {
    expect(score.perClass).toEqual({
      a: { precision: 1, recall: 2 / 3, f1: 0.8, support: 3 },
      b: { precision: 0.5, recall: 1, f1: 2 / 3, support: 1 },
      c: { precision: 0, recall: 0, f1: 0, support: 0 },
      d: { precision: 0, recall: 0, f1: 0, support: 1 },
    });
  });

  it('averages them', () => {
    expect(score.accuracy).toBeCloseTo(3 / 5, 12);
    expect(score.macroF1).toBeCloseTo((0.8 + 2 / 3) / 4, 12);
    expect(score.weightedF1).toBeCloseTo((3 * 0.8 + 2 / 3) / 5, 12);
    expect(score.weightedPrecision).toBeCloseTo((3 * 1 + 0.5) / 5, 12);
  });

  it('takes labels that are names of object members for labels', () => {
    expect(classificationScore(['constructor'], ['constructor']).macroF1).toBe(1);
  });

  it('is 0 without samples, and refuses lists of different length', () => {
    expect(classificationScore([], [])).toMatchObject({ accuracy: 0, macroF1: 0, weightedF1: 0, perClass: {} });
    expect(() => classificationScore(['a'], [])).toThrow('1 gold values and 0 predictions');
  });
});

describe('statistics', () => {
  it('correlate', () => {
    expect(pearson([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12);
    expect(pearson([1, 2, 3, 4], [1, 3, 2, 0])).toBeCloseTo(-2 / Math.sqrt(25), 12);
    expect(pearson([1, 1], [2, 3])).toBeUndefined();
    expect(pearson([1], [2])).toBeUndefined();
    expect(() => pearson([1], [])).toThrow('pearson');
  });

  it('compare sets', () => {
    expect(jaccard(new Set('abc'), new Set('bcd'))).toBe(0.5);
    expect(jaccard(new Set(), new Set())).toBe(1);
    expect(jaccard(new Set('a'), new Set())).toBe(0);
    expect(mean([])).toBe(0);
  });

  // The right-hand sides are what Python's round(value, 2) gives.
  it.each([
    [62.125, 62.12],
    [62.375, 62.38],
    [0.125, 0.12],
    [2.675, 2.67], // 2.67499999… in binary
    [1.005, 1.0],
    [57.836, 57.84],
    [100, 100],
    [0, 0],
  ])('rounds %d to %d', (value, rounded) => expect(roundToHundredths(value)).toBe(rounded));
});

describe('expectedCalibrationError', () => {
  it('weights bins by their samples', () => {
    // Two bins: (0, 0.5] holds 0.5 wrong; (0.5, 1] holds 0.9 right, 0.7 wrong: |1.6 - 1|.
    expect(expectedCalibrationError([0.5, 0.9, 0.7], [false, true, false], { bins: 2 })).toBeCloseTo(1.1 / 3, 12);
  });

  it('is 0 for sure and right, 1 for sure and wrong, 0 for nothing', () => {
    expect(expectedCalibrationError([1, 1], [true, true])).toBe(0);
    expect(expectedCalibrationError([1, 1], [false, false])).toBe(1);
    expect(expectedCalibrationError([0], [false])).toBe(0);
    expect(expectedCalibrationError([], [])).toBe(0);
  });

  it('refuses what is no probability', () => {
    expect(() => expectedCalibrationError([1.5], [true])).toThrow('in [0, 1]');
    expect(() => expectedCalibrationError([Number.NaN], [true])).toThrow('in [0, 1]');
    expect(() => expectedCalibrationError([0.5], [true], { bins: 0 })).toThrow('bins');
    expect(() => expectedCalibrationError([0.5], [])).toThrow('predictions');
  });
});

import { Random } from '@nano-emox/engine';
import { floatTensor } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { calibrate } from '../index';
import { splitRows } from './split-rows';

/** Labels drawn from softmax(logits / temperature): by construction calibrated at that temperature. */
function drawn(temperature: number, count = 2000, classes = 5) {
  const random = new Random(11);
  const logits = floatTensor(
    new Float32Array(count * classes).map(() => 3 * random.normal()),
    [count, classes],
  );
  const labels = Array.from({ length: count }, (_, row) => {
    const powers = [...logits.data.subarray(row * classes, (row + 1) * classes)].map((value) =>
      Math.exp(value / temperature),
    );
    let left = random.uniform() * powers.reduce((sum, power) => sum + power, 0);
    const found = powers.findIndex((power) => {
      left -= power;
      return left < 0;
    });
    return found < 0 ? classes - 1 : found;
  });
  return { logits, labels };
}

describe('calibrate', () => {
  it.each([0.5, 1, 2.5])('finds the temperature %f that labels were drawn with', (temperature) => {
    const { logits, labels } = drawn(temperature);
    const { temperature: found, before, after } = calibrate(logits, labels);
    expect(Math.abs(found / temperature - 1)).toBeLessThan(0.1);
    expect(after.expectedCalibrationError).toBeLessThan(0.04);
    expect(after.crossEntropy).toBeLessThanOrEqual(before.crossEntropy);
    if (temperature !== 1) expect(before.expectedCalibrationError).toBeGreaterThan(0.1);
  });

  it('gives the error of the definition', () => {
    // Confidence 0.8 in both rows, one of them right: |0.8 − 0.5|.
    const logit = Math.log(4);
    const { before } = calibrate(floatTensor(Float32Array.of(logit, 0, logit, 0), [2, 2]), [0, 1]);
    expect(before.expectedCalibrationError).toBeCloseTo(0.3, 6);
    expect(before.crossEntropy).toBeCloseTo(-(Math.log(0.8) + Math.log(0.2)) / 2, 6);
  });

  it('stays finite where labels do not bound the temperature', () => {
    const logits = floatTensor(Float32Array.of(1, 0, 0, 1), [2, 2]);
    expect(calibrate(logits, [0, 1]).temperature).toBeCloseTo(0.05, 6); // always right
    expect(calibrate(logits, [1, 0]).temperature).toBeCloseTo(20, 4); // always wrong
  });

  it.each([
    ['no rows', [], [0, 2], [], { code: 'INVALID_ARGUMENT' }],
    ['other rows', [0, 1], [1, 2], [0, 1], { code: 'SHAPE_MISMATCH' }],
    ['a class that is none', [0, 1], [1, 2], [2], { code: 'INVALID_ARGUMENT', argument: 'labels' }],
    ['logits that are none', [Number.NaN, 1], [1, 2], [0], { code: 'NON_FINITE' }],
  ])('refuses %s', (_, values, dims, labels, error) => {
    expect(() => calibrate(floatTensor(Float32Array.from(values), dims), labels)).toThrow(
      expect.objectContaining(error),
    );
  });
});

describe('splitRows', () => {
  const labels = Array.from({ length: 100 }, (_, row) => (row < 90 ? 0 : row < 99 ? 1 : 2));

  it('holds out the share of each class, without overlap, the same for a seed', () => {
    const { train, validation } = splitRows(labels, 0.2, 1);
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual([...labels.keys()]);
    const held = [0, 1, 2].map((label) => validation.filter((row) => labels[row] === label).length);
    expect(held).toEqual([18, 2, 0]); // a class with one row trains
    expect(splitRows(labels, 0.2, 1)).toEqual({ train, validation });
    expect(splitRows(labels, 0.2, 2).validation).not.toEqual(validation);
  });

  it.each([0, 1, Number.NaN])('refuses a share of %f', (share) => {
    expect(() => splitRows(labels, share, 1)).toThrow(expect.objectContaining({ argument: 'validation' }));
  });
});

import { expect, it } from 'vitest';
import { Curve } from './curve';
import { lossAverage, MovingAverage } from './smoothing';

it('a short curve keeps every value', () => {
  const curve = new Curve();
  for (let step = 1; step <= 600; step++) curve.add(step, step ** 2);
  expect(curve.points).toEqual(
    Array.from({ length: 600 }, (_, index) => {
      const [step, value] = [index + 1, (index + 1) ** 2];
      return { step, minimum: value, maximum: value, mean: value };
    }),
  );
});

it('a long curve keeps extremes and mean in bounded memory', () => {
  const curve = new Curve();
  const steps = 1_000_000;
  for (let step = 1; step <= steps; step++)
    curve.add(step, step === 777_777 ? 50 : step === 3 ? -50 : Math.sin(step / 1e5));
  const { points } = curve;
  expect(points.length).toBeLessThanOrEqual(600);
  expect(points.length).toBeGreaterThan(250);
  expect(Math.max(...points.map(({ maximum }) => maximum))).toBe(50);
  expect(Math.min(...points.map(({ minimum }) => minimum))).toBe(-50);
  for (const { step, mean } of points.slice(1).filter(({ maximum }) => maximum < 50)) {
    expect(Math.abs(mean - Math.sin(step / 1e5))).toBeLessThan(0.01);
  }
  expect(points.every(({ step }, index) => index === 0 || step > (points[index - 1]?.step ?? 0))).toBe(true);
});

it('values that are not finite are left out', () => {
  const curve = new Curve();
  for (const value of [1, Number.NaN, Number.POSITIVE_INFINITY, null as unknown as number, 2]) curve.add(1, value);
  expect(curve.points).toEqual([{ step: 1, minimum: 1, maximum: 2, mean: 1.5 }]);
});

it('a moving average starts unbiased and follows', () => {
  const average = new MovingAverage(10);
  expect(average.value).toBeUndefined();
  expect(average.add(Number.NaN)).toBeUndefined();
  expect(average.add(5)).toBeCloseTo(5, 12);
  for (let index = 0; index < 9; index++) average.add(5);
  expect(average.add(Number.POSITIVE_INFINITY)).toBeCloseTo(5, 12);
  for (let index = 0; index < 60; index++) average.add(1);
  expect(average.value).toBeCloseTo(1, 1);
  // A constant of any phase length is its own average.
  for (const steps of [1, 300, 1e6]) expect(lossAverage(steps).add(0.25)).toBeCloseTo(0.25, 12);
});

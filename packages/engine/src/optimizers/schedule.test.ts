import { describe, expect, it } from 'vitest';
import { warmupCosine } from './schedule';

const rates = {
  warmupLearningRate: 1e-6,
  initialLearningRate: 3e-4,
  minimumLearningRate: 1e-4,
  warmupSteps: 100,
  totalSteps: 1000,
};

describe('warmupCosine', () => {
  const schedule = warmupCosine(rates);

  it('rises linearly, then falls along the cosine of the whole run', () => {
    expect(schedule(0)).toBe(1e-6);
    expect(schedule(50)).toBeCloseTo((1e-6 + 3e-4) / 2, 12);
    // The cosine counts from step 0, so it has already fallen a little when the warm-up ends.
    expect(schedule(100)).toBeCloseTo(1e-4 + 1e-4 * (1 + Math.cos(0.1 * Math.PI)), 12);
    expect(schedule(500)).toBeCloseTo(2e-4, 12);
    expect(schedule(1000)).toBeCloseTo(1e-4, 12);
    for (let step = 101; step <= 1000; step++) expect(schedule(step)).toBeLessThan(schedule(step - 1));
  });

  it('stays at the minimum after the end', () => {
    expect(schedule(5000)).toBeCloseTo(1e-4, 12);
  });

  it('is constant where initial and minimum are equal and nothing warms up', () => {
    const constant = warmupCosine({ ...rates, minimumLearningRate: 3e-4, warmupSteps: 0 });
    expect([0, 1, 500, 999].map(constant)).toEqual([3e-4, 3e-4, 3e-4, 3e-4]);
  });
});

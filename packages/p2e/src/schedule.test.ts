import { describe, expect, it } from 'vitest';
import { type PhaseName, p2eCurriculum, releasedCurriculum } from './curriculum';
import { paperMixtures, releasedMixtures } from './paper-settings';
import type { Phase } from './phase';
import { learningRatesOf } from './schedule';

const find = (phases: readonly Phase[], name: PhaseName) => phases.find((phase) => phase.name === name) as Phase;
const intended = p2eCurriculum(paperMixtures).phases;
const released = releasedCurriculum(releasedMixtures).phases;
const rateAt = (phase: Phase, step: number) => learningRatesOf(phase)(step).adapters as number;

describe('the schedule as intended', () => {
  it('warms up for 5000 steps, then falls along the cosine of the whole phase', () => {
    const phase = find(intended, 'perception-audio');
    expect(rateAt(phase, 0)).toBe(1e-6);
    expect(rateAt(phase, 2500)).toBeCloseTo((1e-6 + 3e-4) / 2, 12);
    expect(rateAt(phase, 7500)).toBeCloseTo(2e-4, 12);
    expect(rateAt(phase, 15_000)).toBeCloseTo(1e-4, 12);
  });

  it('gives every group its own rate', () => {
    const phase = {
      ...find(intended, 'empathy-multitask'),
      learningRates: { slow: { initial: 1 }, fast: { initial: 9 } },
    };
    expect(learningRatesOf(phase)(10_000)).toEqual({ slow: 1, fast: 9 });
  });
});

describe('the schedule with epochs counted from 1', () => {
  /** Fact sheet 9.4: the rates as executed, at the start and at the end of each epoch. */
  it.each([
    ['perception-audio', [2.5e-4, 1.5e-4, 1.0e-4, 1.5e-4]],
    ['perception-visual', [2.81e-4, 2.31e-4, 1.69e-4, 1.19e-4, 1.0e-4, 1.19e-4]],
    ['understanding-fusion', [1e-5, 1e-5]],
  ] as const)('runs %s at the rates of the published code', (name, rates) => {
    for (const [epoch, rate] of rates.entries()) {
      expect(Math.abs(rateAt(find(released, name), 5000 * epoch) - rate)).toBeLessThan(5e-7);
    }
  });

  it('keeps phase 3 constant, without a warm-up', () => {
    const phase = find(released, 'empathy-multitask');
    for (const step of [0, 1, 4999, 150_000, 299_999]) expect(rateAt(phase, step)).toBeCloseTo(8e-6, 15);
  });

  it('still warms up where the warm-up is longer than an epoch', () => {
    const phase: Phase = {
      ...find(released, 'perception-audio'),
      steps: 30,
      warmupSteps: 20,
      deviations: { epochsCountFromOne: { epochs: 3 } },
    };
    expect(rateAt(phase, 0)).toBeCloseTo((1e-6 + 3e-4) / 2, 12);
    expect(rateAt(phase, 10)).toBeCloseTo(1e-4 + 1e-4 * (1 + Math.cos((2 * Math.PI) / 3)), 12);
  });
});

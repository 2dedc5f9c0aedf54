import { describe, expect, it } from 'vitest';
import type { TrainingEvent } from '../events';
import { phaseEvents, stepEnd } from './__fixtures__/run-events';
import { type Progress, progressOf } from './progress';

const phases = [
  { name: 'first', steps: 100, batchSize: 8 },
  { name: 'second', steps: 50, batchSize: 8, accumulationSteps: 2 },
];

/** Progress after each event when a step of `first` takes 20 ms, one of `second` 60 ms and a validation 100 ms. */
function follow(events: Iterable<TrainingEvent>): Progress[] {
  let nowMs = 5_000;
  const progress = progressOf(phases, () => nowMs);
  return Array.from(events, (event) => {
    if (event.type === 'step-end') nowMs += event.phase === 'first' ? 20 : 60;
    if (event.type === 'validation-end') nowMs += 100;
    return progress(event.type === 'step-end' && event.phase === 'second' ? { ...event, samples: 16 } : event);
  });
}

describe('progressOf', () => {
  it('goes from nothing to all over both phases, never back', () => {
    const reports = follow([...phaseEvents('first', 100), ...phaseEvents('second', 50)]);
    expect(reports[0]).toEqual({ phase: 'first', step: 0, steps: 100, fraction: 0 });
    expect(reports.at(-1)).toMatchObject({ phase: 'second', step: 50, steps: 50, fraction: 1, remainingMs: 0 });
    reports.slice(1).forEach(({ fraction }, index) => {
      expect(fraction).toBeGreaterThanOrEqual(reports[index]?.fraction ?? 1);
    });
    const halfWay = reports.filter(({ phase }) => phase === 'first').at(-1);
    expect(halfWay?.fraction).toBe(0.5); // 100 · 8 of 100 · 8 + 50 · 16 samples
  });

  it('counts validation in pace and time left', () => {
    const reports = follow(phaseEvents('first', 100));
    // 50 steps of 20 ms and, before the fiftieth ended, 4 validations of 100 ms.
    const middle = reports.find(({ step }) => step === 50) as Progress;
    expect(middle.samplesPerSecond).toBeCloseTo(400 / 1.4, 9);
    expect(middle.remainingMs).toBeCloseTo(1200 / (400 / 1400), 6);
    expect(middle.loss).toBeGreaterThan(0.5);
    expect(middle.loss).toBeLessThan(1.2);
  });

  it('does not count steps of an earlier session as fast ones', () => {
    const reports = follow([...phaseEvents('first', 100, 100), ...phaseEvents('second', 50, 40)]);
    expect(reports[0]?.fraction).toBe(0.5);
    const step = reports.find((report) => report.phase === 'second' && report.step === 41) as Progress;
    expect(step.fraction).toBeCloseTo(0.5 + 0.5 * (41 / 50), 12);
    expect(step.samplesPerSecond).toBeCloseTo(16 / 0.06, 9);
    expect(step.remainingMs).toBeCloseTo(9 * 60, 6);
  });

  it('drops what an early stop leaves out', () => {
    const reports = follow([
      { type: 'phase-start', phase: 'first', step: 0, steps: 100, trainedParameters: 1 },
      stepEnd('first', 1, 100),
      { type: 'phase-end', phase: 'first', step: 1, reason: 'patience' },
    ]);
    expect(reports.at(-1)?.fraction).toBe(0.5);
    expect(reports.at(-1)?.remainingMs).toBeCloseTo(800 / (8 / 20), 6);
  });

  it('is of no harm with a phase that nobody planned', () => {
    const events: TrainingEvent[] = [{ type: 'phase-start', phase: 'other', step: 0, steps: 3, trainedParameters: 1 }];
    expect(follow(events)).toEqual([{ phase: 'other', step: 0, steps: 3, fraction: 0 }]);
    expect(progressOf([])(stepEnd('x', 1, 1)).fraction).toBe(0);
  });
});

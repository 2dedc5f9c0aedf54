import { type Schedule, warmupCosine } from '@nano-emox/engine/training';
import { lateSchedule } from './deviations';
import type { Phase } from './phase';

/** Learning rates of all groups at a step, which counts from 0: warm-up, then cosine, as intended or as released. */
export function learningRatesOf(phase: Phase): (step: number) => Readonly<Record<string, number>> {
  const late = phase.deviations?.epochsCountFromOne;
  const schedules = Object.entries(phase.learningRates).map(([group, rate]): [string, Schedule] => {
    if (late) return [group, lateSchedule(rate, phase, late.epochs)];
    const { initial, minimum = initial, warmup = 0 } = rate;
    const schedule = warmupCosine({
      warmupLearningRate: warmup,
      initialLearningRate: initial,
      minimumLearningRate: minimum,
      warmupSteps: phase.warmupSteps ?? 0,
      totalSteps: phase.steps,
    });
    return [group, schedule];
  });
  return (step) => Object.fromEntries(schedules.map(([group, schedule]) => [group, schedule(step)]));
}

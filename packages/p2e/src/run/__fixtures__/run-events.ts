import { Random } from '@nano-emox/engine';
import type { StepEndEvent, TrainingEvent } from '../../events';

/** One update as the trainer reports it: a loss that falls and is noisy, a rate that falls. */
export function stepEnd(phase: string, step: number, steps: number): StepEndEvent {
  return {
    type: 'step-end',
    phase,
    step,
    steps,
    dataSets: ['near'],
    loss: 3 * Math.exp((-3 * step) / steps) + 0.2 * new Random(step).uniform(),
    gradientNorm: 1,
    learningRates: { adapters: 1e-3 * (1 - step / steps), lora: 1e-5 },
    samples: 8,
    durationMs: 20,
    samplesPerSecond: 400,
    remainingMs: 20 * (steps - step),
  };
}

/** Events of a phase from a step on: a validation and a checkpoint every tenth step. */
export function* phaseEvents(phase: string, steps: number, fromStep = 0): Generator<TrainingEvent> {
  yield { type: 'phase-start', phase, step: fromStep, steps, trainedParameters: 1234 };
  for (let step = fromStep + 1; step <= steps; step++) {
    yield stepEnd(phase, step, steps);
    if (step % 10 !== 0) continue;
    const score = Math.sin((3 * step) / steps);
    const metrics = { accuracy: score / 2, hitRate: score / 4 };
    yield { type: 'validation-end', phase, step, score, metrics, isBest: step <= steps / 2 };
    yield { type: 'checkpoint-end', phase, step };
  }
  yield { type: 'phase-end', phase, step: steps, reason: 'steps' };
}

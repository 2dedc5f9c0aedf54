import { type CurriculumScale, phaseNames } from '@nano-emox/p2e';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';

/** A number of steps times a factor, at least one. @throws InvalidArgumentError for a factor that is not above zero */
export function scaledSteps(steps: number, factor: number): number {
  if (Number.isFinite(factor) && factor > 0) return Math.max(1, Math.round(steps * factor));
  throw new InvalidArgumentError({
    message: `the factor of the steps is ${factor}`,
    hint: 'Give a number above 0, such as 0.1 for a tenth of the steps.',
    argument: 'stepsScale',
  });
}

/** A scale with its steps and its warm-up times a factor. */
export function scaleSteps(scale: CurriculumScale, factor: number): CurriculumScale {
  const steps = phaseNames.map((name) => [name, scaledSteps(scale.steps[name], factor)]);
  return {
    ...scale,
    steps: Object.fromEntries(steps) as CurriculumScale['steps'],
    warmupSteps: Math.round(scale.warmupSteps * factor),
  };
}

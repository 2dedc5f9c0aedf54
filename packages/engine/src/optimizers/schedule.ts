/** A learning rate per step; steps count from 0. */
export type Schedule = (step: number) => number;

export interface WarmupCosineOptions {
  readonly warmupLearningRate: number;
  readonly initialLearningRate: number;
  readonly minimumLearningRate: number;
  readonly warmupSteps: number;
  readonly totalSteps: number;
}

/**
 * Linear warm-up from `warmupLearningRate` to `initialLearningRate`, then
 * `minimum + ½ (initial − minimum)(1 + cos(π · step / total))`, as the paper's configuration intends
 * (the released loop counts epochs from 1 and so never warms up).
 */
export function warmupCosine(options: WarmupCosineOptions): Schedule {
  const { warmupLearningRate, initialLearningRate, minimumLearningRate, warmupSteps, totalSteps } = options;
  return (step) => {
    if (step < warmupSteps)
      return warmupLearningRate + ((initialLearningRate - warmupLearningRate) * step) / warmupSteps;
    const progress = Math.min(step / totalSteps, 1);
    return minimumLearningRate + 0.5 * (initialLearningRate - minimumLearningRate) * (1 + Math.cos(Math.PI * progress));
  };
}

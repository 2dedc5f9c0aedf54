import { type Executor, requireChoice, requirePositive, requireSizes } from '@nano-emox/engine';
import type { ComponentOptions, ExecutorOptions } from '@nano-emox/engine/runtime';
import { type Schedule, warmupCosine } from '@nano-emox/engine/training';
import { InvalidConfigError, type RunOptions } from '@nano-emox/tensor-contract';
import type { ClassificationScore } from './score-logits';

/** What happens while training; epochs and steps count from 1. */
export type TrainingEvent =
  | { readonly type: 'step-end'; readonly step: number; readonly totalSteps: number; readonly loss: number }
  | ({ readonly type: 'epoch-end'; readonly epochs: number; readonly isBest: boolean } & EpochReport);

/** One pass over the training rows. */
export interface EpochReport {
  readonly epoch: number;
  /** Mean loss of the batches. */
  readonly trainLoss: number;
  readonly validation: ClassificationScore;
}

/** How to train; the same for heads and gates. */
export interface TrainingRecipe extends RunOptions, ExecutorOptions {
  /** @default 20 */
  readonly epochs?: number;
  /** @default 32 */
  readonly batchSize?: number;
  /** Highest rate. @default 1e-3 */
  readonly learningRate?: number;
  /**
   * `cosine` warms up over a twentieth of the steps and falls to 0; `constant` is what the released code does. @default
   * 'cosine'
   */
  readonly schedule?: 'constant' | 'cosine';
  /** Decoupled from the gradient (AdamW). The released code uses Adam, which adds it to the gradient. @default 1e-4 */
  readonly weightDecay?: number;
  /** Largest norm of the gradient. @default none */
  readonly clipNorm?: number;
  /** Of fresh weights, the order of rows, dropout and the validation split. @default 0 */
  readonly seed?: number;
  /** Runtime to use; stays the caller's. @default one of its own */
  readonly executor?: Executor;
  readonly onEvent?: (event: TrainingEvent) => void;
}

/** Rates and lengths of the released training, which takes one row at a time and the last epoch. */
export const publishedRecipes = Object.freeze({
  head: { epochs: 5, batchSize: 1, learningRate: 1e-5, schedule: 'constant', weightDecay: 1e-4 },
  gate: { epochs: 10, batchSize: 1, learningRate: 1e-4, schedule: 'constant', weightDecay: 1e-4 },
} as const satisfies Record<string, TrainingRecipe>);

const defaults = {
  epochs: 20,
  batchSize: 32,
  learningRate: 1e-3,
  schedule: 'cosine',
  weightDecay: 1e-4,
  seed: 0,
} as const;

/** A recipe with its numbers filled in. */
export type ResolvedRecipe = TrainingRecipe & Required<Pick<TrainingRecipe, keyof typeof defaults>>;

/** Part of the steps that a cosine schedule warms up. */
const WARM_UP_SHARE = 0.05;

/** Fills defaults and validates. @throws InvalidConfigError */
export function resolveRecipe(recipe: TrainingRecipe, where: string): ResolvedRecipe {
  const given = Object.fromEntries(Object.entries(recipe).filter(([, value]) => value !== undefined));
  const resolved = { ...defaults, ...given } as ResolvedRecipe;
  requireSizes(where, resolved, ['epochs', 'batchSize']);
  requirePositive(where, resolved, 'learningRate');
  if (resolved.clipNorm !== undefined) requirePositive(where, resolved, 'clipNorm');
  requireChoice(where, resolved, 'schedule', ['constant', 'cosine']);
  requireFraction(where, resolved, 'weightDecay');
  return resolved;
}

/** Checks that a field is a number in [0, 1], or in [0, 1) where all is too much. @throws InvalidConfigError */
export function requireFraction<Config extends object>(
  where: string,
  config: Config,
  field: keyof Config & string,
  allowsOne = true,
): void {
  const value: unknown = config[field];
  if (typeof value === 'number' && value >= 0 && (allowsOne ? value <= 1 : value < 1)) return;
  throw new InvalidConfigError({
    message: `${where}: ${field} is ${JSON.stringify(value)}`,
    hint: `Give a number from 0 to ${allowsOne ? '1' : 'below 1'}.`,
    field,
  });
}

/** The part of a recipe that says where a component runs. */
export function componentOptions({ device, threads, workers, executor }: TrainingRecipe): ComponentOptions {
  return {
    ...(device !== undefined && { device }),
    ...(threads !== undefined && { threads }),
    ...(workers !== undefined && { workers }),
    ...(executor && { executor }),
  };
}

/** The learning rate of each of `totalSteps`. */
export function scheduleOf({ schedule, learningRate }: ResolvedRecipe, totalSteps: number): Schedule {
  if (schedule === 'constant') return () => learningRate;
  return warmupCosine({
    warmupLearningRate: 0,
    initialLearningRate: learningRate,
    minimumLearningRate: 0,
    warmupSteps: Math.floor(WARM_UP_SHARE * totalSteps),
    totalSteps,
  });
}

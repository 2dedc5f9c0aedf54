import { InvalidConfigError } from '@nano-emox/tensor-contract';
import type { Deviations } from './deviations';

/** Learning rate of one group of parameters over a phase. */
export interface LearningRate {
  /** Peak, reached after the warm-up. */
  readonly initial: number;
  /** End of the cosine. @default `initial`: constant */
  readonly minimum?: number;
  /** Start of the warm-up. @default 0 */
  readonly warmup?: number;
}

/** Which parameters train: the first rule whose `match` fits a name decides; names that no rule fits stay frozen. */
export interface TrainableRule {
  /** Prefix of the parameter name, or a pattern on it. */
  readonly match: string | RegExp;
  /** Learning-rate group, or `null` to freeze. */
  readonly group: string | null;
}

/** One stage of a curriculum, as data. */
export interface Phase {
  readonly name: string;
  /** Sampling weight of each data set; need not sum to 1. A batch comes from one data set. */
  readonly mixture: Readonly<Record<string, number>>;
  readonly trainable: readonly TrainableRule[];
  readonly learningRates: Readonly<Record<string, LearningRate>>;
  /** Updates. */
  readonly steps: number;
  /** Samples of a batch. */
  readonly batchSize: number;
  /** Batches whose mean gradient makes one update: what does not fit into memory at once. @default 1 */
  readonly accumulationSteps?: number;
  /** @default 0 */
  readonly warmupSteps?: number;
  /** @default 0.05, the paper's */
  readonly weightDecay?: number;
  /** Largest gradient norm; absent: no clipping, as in the paper's runs. */
  readonly clipNorm?: number;
  /** What is done as in the published code where that departs from the paper. @default nothing */
  readonly deviations?: Deviations;
}

/** Learning-rate group of a parameter in `phase`; undefined when frozen. */
export function groupOfParameter(phase: Phase, name: string): string | undefined {
  const rule = phase.trainable.find(({ match }) =>
    typeof match === 'string' ? name.startsWith(match) : match.test(name),
  );
  return rule?.group ?? undefined;
}

/** @throws InvalidConfigError on a value outside its range or a group without a learning rate */
export function validatePhase(phase: Phase): void {
  const fail = (field: string, message: string, hint: string): never => {
    throw new InvalidConfigError({ message: `phase ${phase.name}: ${message}`, hint, field });
  };
  const counts = {
    steps: phase.steps,
    batchSize: phase.batchSize,
    accumulationSteps: phase.accumulationSteps ?? 1,
    'deviations.epochsCountFromOne': phase.deviations?.epochsCountFromOne?.epochs ?? 1,
  };
  for (const [field, count] of Object.entries(counts)) {
    if (!Number.isInteger(count) || count < 1)
      fail(field, `${field} is ${count}`, 'Give a whole number of at least 1.');
  }
  const weights = Object.values(phase.mixture);
  const isWeight = (weight: number) => Number.isFinite(weight) && weight >= 0;
  if (!weights.every(isWeight) || !weights.some((weight) => weight > 0)) {
    fail(
      'mixture',
      'the mixture has no positive weight, or one that is not a number of at least 0',
      'Give each data set a weight of at least 0, one of them above.',
    );
  }
  const rates = Object.values(phase.learningRates).flatMap(({ initial, minimum, warmup }) => [
    initial,
    minimum,
    warmup,
  ]);
  const bounds = [
    ['learningRates', rates, 0],
    ['warmupSteps', [phase.warmupSteps], 0],
    ['weightDecay', [phase.weightDecay], 0],
    ['clipNorm', [phase.clipNorm], Number.MIN_VALUE],
  ] as const;
  for (const [field, values, least] of bounds) {
    const wrong = values.find((value) => value !== undefined && !(Number.isFinite(value) && value >= least));
    if (wrong !== undefined)
      fail(field, `${field} holds ${wrong}`, `Give finite numbers ${least === 0 ? 'of at least' : 'above'} 0.`);
  }
  for (const { group } of phase.trainable) {
    if (group !== null && !phase.learningRates[group])
      fail('learningRates', `group ${group} has no learning rate`, `Add learningRates.${group}.`);
  }
}

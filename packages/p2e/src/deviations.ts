import { deriveSeed, Random } from '@nano-emox/engine';
import { decaysByDefault, type Schedule } from '@nano-emox/engine/training';
import type { LearningRate, Phase } from './phase';
import type { DataSet } from './sampler';

/**
 * What the published code does otherwise than its configuration and the paper say, each to be chosen by name. Absent, the
 * intent is followed. Sections are those of the fact sheet on Nano-EmoX.
 */
export interface Deviations {
  /**
   * Epochs are counted from 1, so that the schedule begins one epoch late: no warm-up where it is no longer than an epoch,
   * and in the last epoch the cosine has passed its minimum and rises again (9.4). The phase is this many epochs long.
   */
  readonly epochsCountFromOne?: { readonly epochs: number };
  /**
   * Weights of the mixture are fractions: of each data set one random subset of that share is kept for the whole phase
   * (weights of 1 and above keep all), and then every data set is drawn equally often (9.3).
   */
  readonly subsetsThenUniform?: boolean;
  /** No decay for names that hold `bias`, `ln` or `bn` anywhere, as in `vulnerable`; norms with two axes decay (9.2). */
  readonly noDecayByNamePart?: boolean;
}

/** The schedule of a phase whose epochs are counted from 1 (fact sheet 9.4). */
export function lateSchedule(rate: LearningRate, phase: Phase, epochs: number): Schedule {
  const { initial, minimum = initial, warmup = 0 } = rate;
  const { steps, warmupSteps = 0 } = phase;
  const stepsPerEpoch = steps / epochs;
  return (step) => {
    const counted = step + stepsPerEpoch;
    if (counted < warmupSteps) return warmup + ((initial - warmup) * counted) / warmupSteps;
    return minimum + 0.5 * (initial - minimum) * (1 + Math.cos((Math.PI * counted) / steps));
  };
}

/** The decay rule of the published optimiser (fact sheet 9.2). */
export function decaysByNamePart(name: string, shape: readonly number[]): boolean {
  return shape.length >= 2 && !/bias|ln|bn/.test(name);
}

/** Whether a parameter of `phase` decays. */
export const decayRuleOf = ({ deviations }: Phase): typeof decaysByDefault =>
  deviations?.noDecayByNamePart ? decaysByNamePart : decaysByDefault;

/** What a phase draws from: the data sets as they are, or subsets with equal weights (fact sheet 9.3). */
export function materialOf<Sample>(
  { mixture, deviations }: Phase,
  dataSets: readonly DataSet<Sample>[],
  seed: number,
): { readonly dataSets: readonly DataSet<Sample>[]; readonly mixture: Phase['mixture'] } {
  if (!deviations?.subsetsThenUniform) return { dataSets, mixture };
  const share = (name: string) => Math.min(1, mixture[name] ?? 0);
  return {
    dataSets: dataSets.map((set) => subsetOf(set, share(set.name), seed)),
    mixture: Object.fromEntries(Object.entries(mixture).map(([name, weight]) => [name, weight > 0 ? 1 : 0])),
  };
}

function subsetOf<Sample>(set: DataSet<Sample>, share: number, seed: number): DataSet<Sample> {
  const all = Array.from({ length: set.length }, (_, index) => index);
  const kept = new Random(deriveSeed(seed, `${set.name} subset`)).shuffle(all).slice(0, Math.floor(share * set.length));
  return { ...set, length: kept.length, get: (index) => set.get(kept[index] as number) };
}

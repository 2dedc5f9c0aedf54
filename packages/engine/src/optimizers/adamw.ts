import type { Value } from '../graph/value';
import { add, div, mul, sqrt, sub } from '../ops';

/** Constants of AdamW (Loshchilov & Hutter 2019), those of `torch.optim.AdamW` and of the paper's runs. */
export interface AdamWOptions {
  /** @default 0.9 */
  readonly beta1?: number;
  /** @default 0.999 */
  readonly beta2?: number;
  /** @default 1e-8 */
  readonly epsilon?: number;
  /** Decoupled decay of the parameters that decay. @default 0.05 */
  readonly weightDecay?: number;
}

export const adamWDefaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.05 } as const;

/** What the optimiser keeps of one vector of parameters. */
export interface AdamWState {
  readonly parameters: Value;
  readonly firstMoment: Value;
  readonly secondMoment: Value;
}

/** Scalars that change with every step, fed from outside: see {@link adamWScalars}. */
export interface AdamWScalars {
  /** learningRate / (1 − β₁ᵗ) */
  readonly stepSize: Value;
  /** 1 / √(1 − β₂ᵗ) */
  readonly secondCorrection: Value;
  /** 1 − learningRate · weightDecay, or 1 where nothing decays */
  readonly retention: Value;
}

/** One update of a vector, as graph nodes: the same arithmetic as `torch.optim.AdamW`. */
export function adamWUpdate(
  state: AdamWState,
  gradient: Value,
  scalars: AdamWScalars,
  options: Required<AdamWOptions>,
): AdamWState {
  const { beta1, beta2, epsilon } = options;
  const firstMoment = add(mul(state.firstMoment, beta1), mul(gradient, 1 - beta1));
  const secondMoment = add(mul(state.secondMoment, beta2), mul(mul(gradient, gradient), 1 - beta2));
  const denominator = add(mul(sqrt(secondMoment), scalars.secondCorrection), epsilon);
  const change = mul(div(firstMoment, denominator), scalars.stepSize);
  return { parameters: sub(mul(state.parameters, scalars.retention), change), firstMoment, secondMoment };
}

/** Values of `AdamWScalars` for update number `step`, which counts from 1. */
export function adamWScalars(step: number, learningRate: number, decays: boolean, options: Required<AdamWOptions>) {
  return {
    stepSize: learningRate / (1 - options.beta1 ** step),
    secondCorrection: 1 / Math.sqrt(1 - options.beta2 ** step),
    retention: decays ? 1 - learningRate * options.weightDecay : 1,
  };
}

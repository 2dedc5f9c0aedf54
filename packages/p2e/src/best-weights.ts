import { type HostTensor, InvalidArgumentError, type RunOptions } from '@nano-emox/tensor-contract';

/**
 * Judges weights on held-out data, to choose among them. Never judge on test data: the published scorer takes the best epoch
 * of each test set, so that its figures are too good by an unknown amount.
 */
export interface Validation {
  /** Steps between two verdicts; the last step is judged as well. */
  readonly everySteps: number;
  /** The phase ends after this many verdicts in a row without a new best. @default never */
  readonly patience?: number;
  /** Larger scores are better. */
  evaluate(
    weights: ReadonlyMap<string, HostTensor>,
    options: RunOptions,
  ): Promise<{ readonly score: number; readonly metrics: Readonly<Record<string, number>> }>;
}

/** The best weights a phase has seen; part of its checkpoint, so that a resumed phase chooses as an uninterrupted one. */
export interface BestSoFar {
  readonly score: number;
  /** Step of the best weights. */
  readonly step: number;
  /** Step judged last. */
  readonly judgedStep: number;
  /** Verdicts since the best one. */
  readonly sinceBest: number;
  /** The trained parameters at {@link step}. */
  readonly weights: ReadonlyMap<string, HostTensor>;
}

/** One verdict of a {@link Validation}. */
export interface Verdict {
  readonly step: number;
  readonly score: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly isBest: boolean;
}

/** Keeps the trained parameters with the highest validation score; of equals the earlier. */
export class BestWeights {
  constructor(
    private readonly validation: Validation | undefined,
    private readonly frozen: ReadonlyMap<string, HostTensor>,
    private best_: BestSoFar | undefined,
  ) {
    if (!validation) return;
    requireCount('everySteps', validation.everySteps);
    requireCount('patience', validation.patience ?? 1);
  }

  get best(): BestSoFar | undefined {
    return this.best_;
  }

  /** Whether verdicts have brought nothing new for as long as the validation is patient. */
  get isExhausted(): boolean {
    const patience = this.validation?.patience ?? Number.POSITIVE_INFINITY;
    return (this.best_?.sinceBest ?? 0) >= patience;
  }

  /** Judges the weights of `step` if that is due and was not done before. */
  async consider(
    step: number,
    steps: number,
    readTrained: () => Promise<ReadonlyMap<string, HostTensor>>,
    options: RunOptions,
  ): Promise<Verdict | undefined> {
    const { validation, best_: best } = this;
    if (!validation || step === 0 || step <= (best?.judgedStep ?? 0)) return undefined;
    if (step % validation.everySteps !== 0 && step !== steps) return undefined;
    const weights = await readTrained();
    const { score, metrics } = await validation.evaluate(new Map([...this.frozen, ...weights]), options);
    const isBest = best === undefined || score > best.score;
    this.best_ = isBest
      ? { score, step, weights, judgedStep: step, sinceBest: 0 }
      : { ...best, judgedStep: step, sinceBest: best.sinceBest + 1 };
    return { step, score, metrics, isBest };
  }
}

function requireCount(field: string, count: number): void {
  if (Number.isInteger(count) && count >= 1) return;
  throw new InvalidArgumentError({
    message: `validation.${field} is ${count}`,
    hint: 'Give a whole number of at least 1.',
    argument: `validation.${field}`,
  });
}

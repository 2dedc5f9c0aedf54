import type { HostTensor, RunOptions } from '@nano-emox/tensor-contract';

/** Judges weights on held-out data. `score` selects: larger is better. */
export interface Validation {
  readonly everySteps: number;
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
  ) {}

  get best(): BestSoFar | undefined {
    return this.best_;
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
    this.best_ = isBest ? { score, step, weights, judgedStep: step } : { ...best, judgedStep: step };
    return { step, score, metrics, isBest };
  }
}

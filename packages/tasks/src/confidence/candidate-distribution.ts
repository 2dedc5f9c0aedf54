import { InvalidArgumentError, NonFiniteError } from '@nano-emox/tensor-contract';

/** Score of one candidate answer, as `LanguageModel.score` gives it. */
export interface CandidateScore {
  readonly label: string;
  /** Sum of the log-probabilities of the tokens of the answer. */
  readonly logProbability: number;
  /** Number of those tokens. */
  readonly tokens: number;
}

/** Probability of one candidate among its rivals. */
export interface CandidateProbability {
  readonly label: string;
  /** In [0, 1]; all candidates together sum to 1. */
  readonly probability: number;
}

/** Options of {@link candidateDistribution}. */
export interface DistributionOptions {
  /**
   * `sum`: the model's own probability of each whole answer, renormalised over the candidates. `mean`: log-probability per
   * token, which does not punish labels of many tokens but is no longer a probability of the model.
   * @default 'sum'
   */
  readonly length?: 'sum' | 'mean';
  /** Divides the scores; above 1 flattens, for calibration on held-out data. @default 1 */
  readonly temperature?: number;
}

/**
 * Softmax of candidate scores: `pᵢ = exp(sᵢ/T) / Σⱼ exp(sⱼ/T)` with `sᵢ` the summed log-probability, or that divided by the
 * number of tokens. Order is kept. Score whole targets, stop text included: then no candidate gains from being the
 * beginning of another.
 * @throws InvalidArgumentError for no candidates, a token count below 1 or a temperature that is not above 0
 * @throws NonFiniteError when a score is NaN or positive infinity, or no candidate is possible at all
 */
export function candidateDistribution(
  scores: readonly CandidateScore[],
  { length = 'sum', temperature = 1 }: DistributionOptions = {},
): readonly CandidateProbability[] {
  requireUsable(scores, temperature);
  const logits = scores.map(({ logProbability, tokens }) =>
    length === 'mean' ? logProbability / tokens / temperature : logProbability / temperature,
  );
  const highest = Math.max(...logits); // subtracted so that exp cannot overflow, nor all of it vanish
  if (!Number.isFinite(highest)) {
    throw new NonFiniteError({
      message: `candidateDistribution: the highest score is ${highest}`,
      hint: 'At least one candidate needs a finite log-probability; NaN points to broken weights or an overflow.',
    });
  }
  const weights = logits.map((logit) => Math.exp(logit - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return scores.map(({ label }, index) => ({ label, probability: (weights[index] as number) / total }));
}

/** The candidate of highest probability, the first of equals. @throws InvalidArgumentError for an empty list */
export function mostLikely(distribution: readonly CandidateProbability[]): CandidateProbability {
  const [first, ...rest] = distribution;
  if (first) return rest.reduce((best, next) => (next.probability > best.probability ? next : best), first);
  throw new InvalidArgumentError({
    message: 'mostLikely: the distribution is empty',
    hint: 'Pass what candidateDistribution returned.',
    argument: 'distribution',
  });
}

function requireUsable(scores: readonly CandidateScore[], temperature: number): void {
  const fault =
    (scores.length === 0 && 'there are no candidates') ||
    (scores.some(({ tokens }) => !(tokens >= 1)) && 'a candidate has no tokens') ||
    (!(temperature > 0) && `temperature is ${temperature}`);
  if (!fault) return;
  throw new InvalidArgumentError({
    message: `candidateDistribution: ${fault}`,
    hint: 'Pass at least one candidate, the token count of each, and a temperature above 0.',
    argument: temperature > 0 ? 'scores' : 'temperature',
  });
}

import type { Random } from '@nano-emox/engine';
import { InvalidArgumentError, NonFiniteError, type SamplingOptions } from '@nano-emox/tensor-contract';

/** {@link SamplingOptions} with defaults filled in. */
export type ResolvedSampling = Required<SamplingOptions>;

function requireRange(name: keyof SamplingOptions, value: number, fits: boolean, range: string): void {
  if (fits) return;
  throw new InvalidArgumentError({
    message: `generate: ${name} is ${value}`,
    hint: `Give ${range}.`,
    argument: name,
  });
}

/** Fills defaults and validates. @throws InvalidArgumentError */
export function resolveSampling(options: SamplingOptions): ResolvedSampling {
  const { temperature = 0, topP = 1, topK = 0, seed = 0, maxNewTokens = 256, stop = [] } = options;
  requireRange('temperature', temperature, Number.isFinite(temperature) && temperature >= 0, 'a number of at least 0');
  requireRange('topP', topP, topP > 0 && topP <= 1, 'a share in (0, 1]');
  requireRange('topK', topK, Number.isInteger(topK) && topK >= 0, 'a whole number, 0 for all');
  requireRange('seed', seed, Number.isInteger(seed), 'a whole number');
  requireRange('maxNewTokens', maxNewTokens, Number.isInteger(maxNewTokens) && maxNewTokens >= 1, 'at least 1');
  requireRange('stop', stop.indexOf(''), !stop.includes(''), 'texts that are not empty');
  return { temperature, topP, topK, seed, maxNewTokens, stop };
}

/** ln Σ exp(logits), without overflow. @throws NonFiniteError */
export function logSumExp(logits: Float32Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of logits) if (value > largest) largest = value;
  let sum = 0;
  for (const value of logits) sum += Math.exp(value - largest);
  const result = largest + Math.log(sum);
  if (Number.isFinite(result)) return result;
  throw new NonFiniteError({
    message: 'the language model computed logits that are not finite numbers',
    hint: 'Check the weights and the soft tokens for NaN and infinity.',
  });
}

/** Index of the largest logit, the first at ties. */
function largestIndex(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if ((logits[id] as number) > (logits[best] as number)) best = id;
  return best;
}

interface Candidate {
  readonly id: number;
  readonly probability: number;
}

/** Candidates by falling probability after temperature, top-k and top-p; probabilities need not add up to 1. */
function candidates(logits: Float32Array, { temperature, topK, topP }: ResolvedSampling): Candidate[] {
  const scaled = logits.map((value) => value / temperature);
  const total = logSumExp(scaled);
  const sorted = Array.from(scaled, (value, id) => ({ id, probability: Math.exp(value - total) })).sort(
    (a, b) => b.probability - a.probability || a.id - b.id,
  );
  const kept = topK > 0 ? sorted.slice(0, topK) : sorted;
  if (topP === 1) return kept;
  // The smallest set of most probable candidates whose mass reaches topP (Holtzman et al. 2020); the mass is that after top-k.
  const wanted = topP * kept.reduce((sum, { probability }) => sum + probability, 0);
  let mass = 0;
  const end = kept.findIndex(({ probability }) => {
    mass += probability;
    return mass >= wanted;
  });
  return end < 0 ? kept : kept.slice(0, end + 1);
}

function draw(kept: readonly Candidate[], random: Random): number {
  const mass = kept.reduce((sum, { probability }) => sum + probability, 0);
  let left = random.uniform() * mass;
  for (const { id, probability } of kept) {
    left -= probability;
    if (left < 0) return id;
  }
  return (kept[kept.length - 1] as Candidate).id;
}

/**
 * Chooses the next token. `logits` `[vocabSize]`.
 * @returns its id, and the log-probability under the model, before temperature and filters
 * @throws NonFiniteError
 */
export function chooseToken(
  logits: Float32Array,
  sampling: ResolvedSampling,
  random: Random,
): { id: number; logProbability: number } {
  const total = logSumExp(logits);
  const id = sampling.temperature === 0 ? largestIndex(logits) : draw(candidates(logits, sampling), random);
  return { id, logProbability: (logits[id] as number) - total };
}

import { type GeneratedToken, InvalidArgumentError, NonFiniteError } from '@nano-emox/tensor-contract';
import type { TextSpan } from '../answer/outcome';

/** What is read of a generated token. */
export type ScoredToken = Pick<GeneratedToken, 'text' | 'logProbability'>;

/**
 * How sure the model was of a part of its text: the geometric mean of the probabilities of the tokens that spell it,
 * `exp((1/n) · Σ log pₜ)`, in [0, 1].
 *
 * A token belongs to a span when at least one of its characters does, so a token may bring a neighbouring space or stop
 * along. Tokens with empty text (parts of one character, text held back) count with the next token that shows text. The
 * probability is the model's own, given everything before the token; it is not calibrated.
 *
 * @param tokens whose texts, joined, are the text that `spans` refer to
 * @throws InvalidArgumentError when `spans` touch no token
 * @throws NonFiniteError when a log-probability is NaN or above zero by more than rounding
 */
export function spanConfidence(tokens: readonly ScoredToken[], spans: readonly TextSpan[]): number {
  const logProbabilities = tokenRuns(tokens)
    .filter((run) => spans.some((span) => run.start < span.end && span.start < run.end))
    .flatMap((run) => run.logProbabilities);
  if (logProbabilities.length === 0) {
    throw new InvalidArgumentError({
      message: 'spanConfidence: no token lies in the given spans',
      hint: 'Pass the tokens whose joined texts were parsed, and spans of that text.',
      argument: 'spans',
    });
  }
  const mean = logProbabilities.reduce((sum, value) => sum + value, 0) / logProbabilities.length;
  return Math.min(1, Math.exp(mean));
}

interface TokenRun extends TextSpan {
  readonly logProbabilities: readonly number[];
}

/** Tokens with the range of text they show; silent ones are joined to the next that is not. */
function tokenRuns(tokens: readonly ScoredToken[]): readonly TokenRun[] {
  const runs: TokenRun[] = [];
  let start = 0;
  let pending: number[] = [];
  for (const { text, logProbability } of tokens) {
    pending.push(requireLogProbability(logProbability));
    if (text === '') continue;
    runs.push({ start, end: start + text.length, logProbabilities: pending });
    start += text.length;
    pending = [];
  }
  return runs;
}

/** float32 rounding can lift the logarithm of a probability of one a little above zero. */
const roundingSlack = 1e-3;

function requireLogProbability(value: number): number {
  if (value <= roundingSlack) return Math.min(0, value);
  throw new NonFiniteError({
    message: `spanConfidence: ${value} is not the logarithm of a probability`,
    hint: 'Pass natural logarithms, at most 0; NaN points to broken weights or an overflow.',
  });
}

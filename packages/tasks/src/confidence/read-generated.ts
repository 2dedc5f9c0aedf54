import { type ParseOptions, parseAnswer } from '../answer/answers';
import type { ParsedAnswer, UnparsedAnswer, ValueSpan } from '../answer/outcome';
import type { AnyTaskId, AnyTaskValues } from '../task';
import { taskOf } from '../tasks/task-table';
import { type ScoredToken, spanConfidence } from './span-confidence';

/** A part of the value with how sure the model was of it. */
export interface ScoredSpan extends ValueSpan {
  /** In [0, 1]. */
  readonly confidence: number;
}

/** A parsed answer with confidence. */
export interface ScoredAnswer<Value> extends Omit<ParsedAnswer<Value>, 'spans'> {
  /** In [0, 1]: geometric mean of the token probabilities over the task's `confidenceFields`. */
  readonly confidence: number;
  readonly spans: readonly ScoredSpan[];
}

/** A task's result, or why there is none. */
export type GeneratedOutcome<Value> = ScoredAnswer<Value> | UnparsedAnswer;

/**
 * Reads the tokens of an answer to a typed result with confidence. The confidence covers the words that carry the value –
 * the label, not the sentence around it; for ERG the named emotion, since a response has no single right wording. Where an
 * answer has none of those parts, all of its parts count.
 * @throws InvalidArgumentError when `options.candidates` or `options.emotion` cannot be used
 * @throws NonFiniteError when a log-probability is NaN or positive
 */
export function readGenerated<Id extends AnyTaskId>(
  task: Id,
  tokens: readonly ScoredToken[],
  options: ParseOptions = {},
): GeneratedOutcome<AnyTaskValues[Id]> {
  const outcome = parseAnswer(task, tokens.map(({ text }) => text).join(''), options);
  if (outcome.status === 'unparsed') return outcome;
  const carrying = outcome.spans.filter(({ field }) => taskOf(task).confidenceFields.includes(field));
  return {
    ...outcome,
    confidence: spanConfidence(tokens, carrying.length > 0 ? carrying : outcome.spans),
    spans: outcome.spans.map((span) => ({ ...span, confidence: spanConfidence(tokens, [span]) })),
  };
}

import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { Reading } from '../../answer/answer-grammar';
import type { ValueField } from '../../answer/outcome';

/** The numbers that a task answers with. */
export interface NumberScale {
  readonly field: ValueField;
  readonly from: number;
  readonly to: number;
  /** Digits behind the point; 0 for classes. */
  readonly decimals: number;
}

/** A number that is no part of a word or of a longer number. */
const number = /(?<![\p{L}\p{N}.]|\p{L}[-−+])[-−+]?\d+(?:\.\d+)?(?![\p{L}\p{N}]|\.\d)/gu;

/** A value of the scale as answers spell it. @throws InvalidArgumentError when it lies outside the scale or is no class */
export function writeNumber(value: number, { field, from, to, decimals }: NumberScale, where: string): string {
  if (value >= from && value <= to && (decimals > 0 || Number.isInteger(value))) {
    return (Number(value.toFixed(decimals)) + 0).toFixed(decimals); // + 0: no negative zero
  }
  throw new InvalidArgumentError({
    message: `${where}: ${field} ${value} cannot be written`,
    hint: `Use a ${decimals > 0 ? 'number' : 'whole number'} from ${from} to ${to}.`,
    argument: 'value',
  });
}

/** The one number that an answer names. */
export function readNumber(answer: string, { field, from, to, decimals }: NumberScale): Reading<number> {
  const matches = [...answer.matchAll(number)];
  const [first] = matches;
  if (!first) return { reason: 'missing-number', detail: 'The answer names no number.' };
  const values = [...new Set(matches.map(([digits]) => Number(digits.replace('−', '-')) + 0))];
  if (values.length > 1)
    return { reason: 'ambiguous-label', detail: `The answer names ${values[0]} and ${values[1]}.` };
  const [value] = values as [number];
  if (value < from || value > to || (decimals === 0 && !Number.isInteger(value))) {
    return {
      reason: 'number-out-of-range',
      detail: `The number ${first[0]} is not on the scale from ${from} to ${to}.`,
    };
  }
  return { value, spans: [{ field, start: first.index, end: first.index + first[0].length }] };
}

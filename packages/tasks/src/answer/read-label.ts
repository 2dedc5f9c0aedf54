import { findMentions, matchLabel } from '../labels/match-label';
import type { Reading } from './answer-grammar';
import type { ValueField } from './outcome';

/**
 * Reads the one label of a closed set: the `label` group of `form`, or else the only candidate that the answer mentions.
 * @param form must carry the `d` flag
 */
export function readLabel<Value>(
  answer: string,
  candidates: readonly string[],
  form: RegExp,
  field: ValueField,
  toValue: (label: string) => Value,
): Reading<Value> {
  const span = form.exec(answer)?.indices?.groups?.label;
  const direct = span && matchLabel(answer.slice(...span), candidates);
  if (span && direct) return { value: toValue(direct), spans: [{ field, start: span[0], end: span[1] }] };

  const mentions = findMentions(answer, candidates);
  const [first] = mentions;
  const labels = [...new Set(mentions.map(({ label }) => label))];
  if (first === undefined) {
    return { reason: 'unknown-label', detail: `No candidate of ${candidates.length} is named in the answer.` };
  }
  if (labels.length > 1) return { reason: 'ambiguous-label', detail: `The answer names ${labels.join(' and ')}.` };
  return { value: toValue(first.label), spans: [{ field, start: first.start, end: first.end }] };
}

import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { parseAnswer } from '../answer/answers';
import { readOpenLabels } from './open-labels';
import type { CallOptions, LabelExtractor } from './reasoning/judge';

/** A text, a number or a list of labels, as it stands in a file of gold values or predictions. */
export type RowValue = string | number | readonly string[];

/** What is right for a sample and what a model said about it. */
export interface PredictionRow {
  readonly id: string;
  readonly gold: RowValue;
  /** Usually the text that the model wrote; labels or numbers that were read from it already are taken as they are. */
  readonly prediction: RowValue;
}

/**
 * Rows that can be scored.
 * @throws InvalidArgumentError when there is none, an id comes twice, or a value is neither text, number nor list of texts
 */
export function requireRows(rows: readonly PredictionRow[]): void {
  if (rows.length === 0) throw unusable('there are no rows');
  const ids = new Set<string>();
  for (const { id, gold, prediction } of rows) {
    if (ids.has(id)) throw unusable(`the id "${id}" comes twice`);
    if (!isRowValue(gold)) throw unusable(`the gold value of "${id}" is neither text, number nor list of texts`);
    if (!isRowValue(prediction)) throw unusable(`the prediction of "${id}" is neither text, number nor list of texts`);
    ids.add(id);
  }
}

const isRowValue = (value: unknown) =>
  Array.isArray(value) ? value.every((item) => typeof item === 'string') : ['string', 'number'].includes(typeof value);

const unusable = (problem: string) =>
  new InvalidArgumentError({
    message: `scorePredictions: ${problem}`,
    hint: 'Pass one row { id, gold, prediction } per sample; an empty text stands for a missing prediction.',
    argument: 'rows',
  });

/** A finite number, or `undefined`. */
export function numberOf(value: RowValue): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A text that is not empty; of a list its only item. */
export function textOf(value: RowValue): string | undefined {
  const text = typeof value === 'object' ? (value.length === 1 ? value[0] : undefined) : String(value);
  return text?.trim() ? text : undefined;
}

/** Labels of a gold value: a list, or a written list. */
export function goldLabelsOf(value: RowValue): readonly string[] {
  return typeof value === 'object' ? value : readOpenLabels(String(value));
}

/** Labels of an answer: a list as it is, a written list, an answer in the grammar of OV-MER, else what the extractor finds. */
export async function answeredLabels(
  value: RowValue,
  extractor: LabelExtractor,
  call: CallOptions,
): Promise<readonly string[]> {
  if (typeof value === 'object') return value;
  const text = String(value).trim();
  if (text === '') return [];
  if (text.startsWith('[')) return readOpenLabels(text);
  const outcome = parseAnswer('ovMer', text);
  return outcome.status === 'parsed' ? outcome.value.emotions : extractor.extract(text, call);
}

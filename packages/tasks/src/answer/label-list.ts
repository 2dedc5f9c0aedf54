import { canonicalLabel, isPlainLabel, requirePlainLabel } from '../labels/plain-label';
import type { ValueSpan } from './outcome';

/** Words a label of a list may have; longer items are taken for a sentence. */
const maxWordsPerLabel = 3;

/**
 * Labels as they stand in an answer: canonical, without repeats; an empty list is written as neutral, as in the
 * published training targets.
 * @throws InvalidArgumentError when a label is not plain
 */
export function canonicalLabels(labels: readonly string[], where: string): readonly string[] {
  const canonical = labels.map((label) => requirePlainLabel(label, where, 'emotions'));
  return canonical.length === 0 ? ['neutral'] : [...new Set(canonical)];
}

/**
 * Reads `happy, proud`, `happy and proud`, `[happy, "proud"]`. Items repeated later are dropped.
 * @param offset where `list` begins in the answer, for the spans
 * @returns `undefined` when an item is not a short plain label
 */
export function readLabelList(
  list: string,
  offset: number,
): { readonly labels: readonly string[]; readonly spans: readonly ValueSpan[] } | undefined {
  const spans = new Map<string, ValueSpan>();
  let start = 0;
  for (const separator of [...list.matchAll(/[,;，、]|\sand\s/g), undefined]) {
    const end = separator?.index ?? list.length;
    const item = trimItem(list, start, end);
    start = separator ? end + separator[0].length : end;
    if (item.start === item.end) continue;
    const label = canonicalLabel(list.slice(item.start, item.end));
    if (!isPlainLabel(label) || label.split(' ').length > maxWordsPerLabel) return undefined;
    if (!spans.has(label)) spans.set(label, { field: 'emotions', start: offset + item.start, end: offset + item.end });
  }
  return spans.size === 0 ? undefined : { labels: [...spans.keys()], spans: [...spans.values()] };
}

/** Narrows a range to the label inside quotes, brackets, stops and a leading "and". */
function trimItem(text: string, start: number, end: number): { start: number; end: number } {
  const item = text.slice(start, end);
  const lead = /^(?:[\s"'`“”‘’[\]().]|and\s)*/i.exec(item)?.[0].length ?? 0;
  const core = item.slice(lead).trimEnd();
  let length = core.length;
  while (length > 0 && /[\s"'`“”‘’[\]().!。]/.test(core[length - 1] as string)) length--;
  return { start: start + lead, end: start + lead + length };
}

import { canonicalLabel, isPlainLabel } from '../labels/plain-label';
import type { Fields, LabelList } from './corpus';
import { fieldOf, fill } from './template';

/** Labels of a list, and what of it could not be one. */
export interface GoldLabels {
  readonly labels: readonly string[];
  readonly dropped: readonly string[];
}

/** Reads a list of gold labels: lower case, without repeats, in their order; `undefined` when its field is absent. */
export function goldLabels(rule: LabelList, fields: Fields): GoldLabels | undefined {
  const words = 'columns' in rule ? columnWords(rule.columns, fields) : listWords(rule, fields);
  if (!words) return undefined;
  const canonical = [...new Set(words.map(canonicalLabel))].filter((word) => word !== '');
  return { labels: canonical.filter(isPlainLabel), dropped: canonical.filter((word) => !isPlainLabel(word)) };
}

function columnWords(columns: readonly string[], fields: Fields): string[] | undefined {
  const values = columns.map((column) => fieldOf(column, fields));
  if (values.some((value) => Number.isNaN(Number(value)) || value === undefined)) return undefined;
  return columns.filter((_, index) => Number(values[index]) !== 0);
}

function listWords({ list, names }: Extract<LabelList, { list: string }>, fields: Fields): string[] | undefined {
  const items = fill(list, fields)
    ?.split(/[,;，；、]|\sand\s/)
    .map(bareItem);
  if (!names) return items;
  return items?.filter((item) => item !== '').map((item) => names[Number(item)] ?? `${item}?`);
}

/** An item without the brackets, quotes and stops that lists are written with. */
const bareItem = (item: string) => item.replace(/^[\s"'`“”‘’[\](){}.。]+|[\s"'`“”‘’[\](){}.。!]+$/g, '');

/** How the items of a written list are told apart. */
export interface OpenLabelOptions {
  /**
   * `split`: a quotation mark or apostrophe ends a label, as in the released code, so that *don't care* becomes *don* and
   * *t care*. `keep`: only commas do, and marks around a label are dropped.
   * @default 'split'
   */
  readonly apostrophes?: 'split' | 'keep';
}

/**
 * Reads a written list of labels such as `['happy', 'proud']` or `happy, proud`: lower case, without space at the ends,
 * empty items dropped, repeats kept.
 * @see AffectGPT, `string_to_list`
 */
export function readOpenLabels(list: string, { apostrophes = 'split' }: OpenLabelOptions = {}): readonly string[] {
  const inner = list.replace(/^\[/, '').replace(/\]$/, '');
  const items = apostrophes === 'split' ? inner.split(/['",]/) : inner.split(',').map(withoutMarks);
  return items.map((item) => item.trim().toLowerCase()).filter((item) => item !== '');
}

const withoutMarks = (item: string) => item.trim().replace(/^["'“‘]+|["'”’]+$/g, '');

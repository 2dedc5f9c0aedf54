import type { NameRule } from '../../weights/name-table';

/** What happens to the values of a tensor that is renamed. */
export type TensorChange =
  /** Axis `i` of the result is axis `axes[i]` of the source. */
  | { readonly kind: 'transpose'; readonly axes: readonly number[] }
  /**
   * Rows `[heads * headDim, …]` of a query or key projection move between the two layouts of rotary positions: `pairs` turns
   * rows 2 i and 2 i + 1 of a head together (llama.cpp), `halves` rows i and i + headDim / 2 (Hugging Face). `to` is the result's.
   */
  | { readonly kind: 'rotary-rows'; readonly heads: number; readonly to: 'halves' | 'pairs' };

/** Gives a tensor another name, by the patterns of {@link NameRule}, and may rearrange its values. */
export interface RenameRule extends NameRule {
  readonly change?: TensorChange;
}

/** Cuts a tensor into several along an axis; patterns of all names have the same wildcards. */
export interface SplitRule {
  readonly from: string;
  readonly to: readonly string[];
  readonly axis: number;
  /** Sizes of the parts. @default equal ones */
  readonly sizes?: readonly number[];
}

/** Puts several tensors into one along an axis: the inverse of {@link SplitRule}. */
export interface JoinRule {
  readonly from: readonly string[];
  readonly to: string;
  readonly axis: number;
  /** Sizes of the parts, for the way back. @default equal ones */
  readonly sizes?: readonly number[];
}

/** Leaves a tensor out: a buffer that the code computes, a part that is not used. The way back does not bring it again. */
export interface DropRule {
  readonly drop: string;
}

/**
 * How tensors of one source become those of another, as data: the first rule that fits a name counts, names that none fits
 * stay. Plain JSON, and invertible.
 */
export type TensorTable = readonly TensorRule[];
export type TensorRule = RenameRule | SplitRule | JoinRule | DropRule;

/** The table of the way back. Dropped tensors stay away. */
export function invertTable(table: TensorTable): TensorTable {
  return table.flatMap((rule): TensorRule[] => {
    if ('drop' in rule) return [];
    if ('axis' in rule) return [{ ...rule, from: rule.to, to: rule.from } as SplitRule | JoinRule];
    const { from, to, change } = rule;
    return [{ from: to, to: from, ...(change && { change: invertChange(change) }) }];
  });
}

function invertChange(change: TensorChange): TensorChange {
  if (change.kind === 'rotary-rows') return { ...change, to: change.to === 'pairs' ? 'halves' : 'pairs' };
  return { kind: 'transpose', axes: change.axes.map((_, axis) => change.axes.indexOf(axis)) };
}

import { type HostTensor, InvalidArgumentError, WeightsMismatchError } from '@nano-emox/tensor-contract';
import { compileNameRule } from '../../weights/name-table';
import type { CheckpointEntry } from '../checkpoint';
import { listNames, quoteName } from '../file-problem';
import { changedDims, changeTensor, joinedDims, partSizes } from './table-changes';
import { joinTensors, splitTensor } from './tensor-shapes';
import { invertTable, type JoinRule, type RenameRule, type SplitRule, type TensorTable } from './tensor-table';

/** A tensor that a table makes, before any value is read. */
export interface PlannedTensor extends CheckpointEntry {
  /** Names of the tensors that it is made of. */
  readonly sources: readonly string[];
  /** Makes it of their values, in the same order. */
  build(tensors: readonly HostTensor[]): HostTensor;
}

type Entries = ReadonlyMap<string, CheckpointEntry>;

/**
 * What a table makes of tensors with these names and shapes.
 * @throws InvalidArgumentError (two tensors get one name, or the inverse table would not restore the names)
 * @throws WeightsMismatchError (parts of a joined tensor are absent), ShapeMismatchError (a shape does not fit its rule)
 */
export function planTable(table: TensorTable, entries: Entries): ReadonlyMap<string, PlannedTensor> {
  const { planned, dropped } = new TablePlan(table).plan(entries);
  const restored = new TablePlan(invertTable(table)).plan(planned).planned;
  const lost = [...entries.keys()].filter((name) => !restored.has(name) && !dropped.has(name));
  if (lost.length === 0) return planned;
  throw new InvalidArgumentError({
    message: `name table: ${lost.length} names cannot be restored: ${listNames(lost)}`,
    hint: 'Make the rules give every name a form of its own, and put narrower rules first on both sides.',
    argument: 'table',
  });
}

class TablePlan {
  private readonly planned = new Map<string, PlannedTensor>();
  private readonly dropped = new Set<string>();
  /** Parts found so far of each joined tensor, by its name. */
  private readonly joins = new Map<string, { readonly rule: JoinRule; readonly parts: Map<number, string> }>();
  private readonly appliers: readonly ((name: string, entry: CheckpointEntry) => boolean)[];

  constructor(table: TensorTable) {
    this.appliers = table.map((rule) => {
      if ('drop' in rule) return this.drops(rule.drop);
      if (!('axis' in rule)) return this.renames(rule);
      return typeof rule.from === 'string' ? this.splits(rule as SplitRule) : this.collects(rule as JoinRule);
    });
  }

  plan(entries: Entries) {
    for (const [name, entry] of entries) {
      if (!this.appliers.some((apply) => apply(name, entry))) this.add(name, keep(name, entry));
    }
    for (const [name, { rule, parts }] of this.joins) this.add(name, this.join(name, rule, parts, entries));
    return { planned: this.planned, dropped: this.dropped };
  }

  private add(name: string, tensor: PlannedTensor): void {
    if (this.planned.has(name)) {
      throw new InvalidArgumentError({
        message: `name table: two tensors become ${quoteName(name)}`,
        hint: 'Make the rules give every name a form of its own.',
        argument: 'table',
      });
    }
    this.planned.set(name, tensor);
  }

  private drops(pattern: string) {
    const rename = compileNameRule({ from: pattern, to: pattern });
    return (name: string): boolean => {
      if (rename(name) === undefined) return false;
      this.dropped.add(name);
      return true;
    };
  }

  private renames(rule: RenameRule) {
    const rename = compileNameRule(rule);
    return (name: string, entry: CheckpointEntry): boolean => {
      const renamed = rename(name);
      if (renamed === undefined) return false;
      const { change } = rule;
      if (change === undefined) this.add(renamed, keep(name, entry));
      else {
        const build = ([tensor]: readonly HostTensor[]) => changeTensor(tensor as HostTensor, change);
        this.add(renamed, { ...keep(name, entry), dims: changedDims(name, entry.dims, change), build });
      }
      return true;
    };
  }

  private splits({ from, to, axis, sizes }: SplitRule) {
    const renames = to.map((target) => compileNameRule({ from, to: target }));
    return (name: string, entry: CheckpointEntry): boolean => {
      const targets = renames.map((rename) => rename(name));
      if (targets[0] === undefined) return false;
      const parts = partSizes(name, entry.dims, axis, sizes, to.length);
      for (const [index, target] of targets.entries()) {
        const build = ([tensor]: readonly HostTensor[]) =>
          splitTensor(tensor as HostTensor, axis, parts)[index] as HostTensor;
        this.add(target as string, {
          ...keep(name, entry),
          dims: entry.dims.with(axis, parts[index] as number),
          build,
        });
      }
      return true;
    };
  }

  private collects(rule: JoinRule) {
    const renames = rule.from.map((from) => compileNameRule({ from, to: rule.to }));
    return (name: string): boolean => {
      const index = renames.findIndex((rename) => rename(name) !== undefined);
      if (index === -1) return false;
      const target = renames[index]?.(name) as string;
      const join = this.joins.get(target) ?? { rule, parts: new Map<number, string>() };
      join.parts.set(index, name);
      this.joins.set(target, join);
      return true;
    };
  }

  private join(name: string, rule: JoinRule, parts: ReadonlyMap<number, string>, entries: Entries): PlannedTensor {
    const back = rule.from.map((from) => compileNameRule({ from: rule.to, to: from }));
    const sources = back.map((rename, index) => parts.get(index) ?? (rename(name) as string));
    const missing = sources.filter((_, index) => !parts.has(index));
    if (missing.length > 0) {
      throw new WeightsMismatchError({
        where: `name table: parts of ${quoteName(name)}`,
        missing,
        unexpected: [],
        misshapen: [],
        hint: 'Give all files of the checkpoint.',
      });
    }
    const found = sources.map((source) => entries.get(source) as CheckpointEntry);
    const dims = joinedDims(
      name,
      found.map((entry) => entry.dims),
      rule.axis,
    );
    const { type, storage } = found[0] as CheckpointEntry;
    return { type, storage, dims, sources, build: (tensors) => joinTensors(tensors, rule.axis) };
  }
}

const keep = (name: string, { type, dims, storage }: CheckpointEntry): PlannedTensor => ({
  type,
  dims,
  storage,
  sources: [name],
  build: ([tensor]) => tensor as HostTensor,
});

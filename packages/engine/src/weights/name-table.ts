import { type HostTensor, InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { Weights } from './weights';

/**
 * How names of one form change. `*` stands for one segment (no dot), `**` for one or more; what they match is put, in order,
 * where the other side has the same wildcards. So a name without wildcards is an exact rule, `a.**` a prefix rule, and
 * `**.gamma` a suffix rule.
 */
export interface NameRule {
  readonly from: string;
  readonly to: string;
}

/** Renames the tensors of a checkpoint of another source, and back. */
export interface NameTable {
  readonly rules: readonly NameRule[];
  /** New name by the first rule that fits; names that no rule fits stay. */
  renameName(name: string): string;
  /**
   * All tensors under their new names, shared, not copied.
   * @throws InvalidArgumentError when {@link invert} would not restore every name
   */
  rename<T extends HostTensor>(weights: Weights<T>): Map<string, T>;
  /** The table in the other direction. */
  invert(): NameTable;
}

/**
 * A table of naming rules, tried in order.
 * @throws InvalidArgumentError when the two sides of a rule have different wildcards
 * @example
 * const table = createNameTable([{ from: 'bert.layer.*.LayerNorm.gamma', to: 'layers.*.norm.weight' }]);
 * table.renameName('bert.layer.3.LayerNorm.gamma'); // 'layers.3.norm.weight'
 * table.invert().renameName('layers.3.norm.weight'); // 'bert.layer.3.LayerNorm.gamma'
 */
export function createNameTable(rules: readonly NameRule[]): NameTable {
  const matchers = rules.map(compileNameRule);
  const renameName = (name: string): string => {
    for (const matcher of matchers) {
      const renamed = matcher(name);
      if (renamed !== undefined) return renamed;
    }
    return name;
  };
  const invert = (): NameTable => createNameTable(rules.map(({ from, to }) => ({ from: to, to: from })));
  return {
    rules,
    renameName,
    invert,
    rename(weights) {
      const inverse = invert();
      const renamed = new Map([...weights].map(([name, tensor]) => [renameName(name), tensor]));
      const lost = [...weights.keys()].filter((name) => inverse.renameName(renameName(name)) !== name);
      if (lost.length > 0) {
        const examples = lost
          .slice(0, 5)
          .map((name) => `${name} -> ${renameName(name)} -> ${inverse.renameName(renameName(name))}`);
        throw new InvalidArgumentError({
          message: `name table: ${lost.length} names cannot be restored: ${examples.join('; ')}`,
          hint: 'Make the rules give every name a form of its own, and put narrower rules first on both sides.',
          argument: 'weights',
        });
      }
      return renamed;
    },
  };
}

/** The new name of a name that a rule fits, else `undefined`. @throws InvalidArgumentError */
export function compileNameRule({ from, to }: NameRule): (name: string) => string | undefined {
  const wildcards = (pattern: string): string[] => pattern.match(/\*+/g) ?? [];
  const [given, wanted] = [wildcards(from), wildcards(to)];
  if (given.join(' ') !== wanted.join(' ') || given.some((wildcard) => wildcard.length > 2)) {
    throw new InvalidArgumentError({
      message: `name table: ${JSON.stringify(from)} and ${JSON.stringify(to)} do not have the same wildcards in the same order`,
      hint: 'Use * for one segment and ** for several, equally often on both sides.',
      argument: 'rules',
    });
  }
  const source = from
    .split(/(\*+)/)
    .map((part) => (part === '*' ? '([^.]+)' : part === '**' ? '(.+)' : part.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')));
  const pattern = new RegExp(`^${source.join('')}$`, 's');
  const literals = to.split(/\*+/);
  return (name) => {
    const match = pattern.exec(name);
    return match === null ? undefined : literals.map((literal, index) => literal + (match[index + 1] ?? '')).join('');
  };
}

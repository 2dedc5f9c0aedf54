import type { Fields } from '../corpus';

/** Fields of a file that is itself the record: the named groups of its path, and those of the grammar of its name. */
export function fileNameFields(
  groups: Fields,
  grammar: RegExp | undefined,
): { readonly fields: Fields } | { readonly problem: string } {
  if (!grammar) return { fields: groups };
  const match = grammar.exec(String(groups.name ?? ''));
  return match ? { fields: { ...groups, ...match.groups } } : { problem: 'the file name is not of the expected form' };
}

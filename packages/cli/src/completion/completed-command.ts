import type { ArgsDef } from 'citty';
import type { DocumentedCommand } from '../documented-command';

/** What may stand in a place of the command line: words, a file, a folder, or anything. */
export type CompletedValue = readonly string[] | 'file' | 'folder' | 'anything';

export interface CompletedOption {
  /** With its dashes. */
  readonly name: string;
  readonly description: string;
  /** Undefined for an option without a value. */
  readonly value?: CompletedValue;
}

/** A command as completion needs it. */
export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** What stands without an option; undefined where nothing does. */
  readonly operand?: CompletedValue;
}

/** Reads a definition of a command, the same that its help and its parser read. */
export function completedCommand(name: string, { meta, args = {}, choices = {} }: DocumentedCommand): CompletedCommand {
  const entries = Object.entries(args as ArgsDef);
  const operand = entries.find(([, { type }]) => type === 'positional');
  const options = entries.flatMap(([option, definition]): CompletedOption[] => {
    if (definition.type === 'positional') return [];
    const { description = '' } = definition;
    if (definition.type === 'boolean') return [{ name: `--${option}`, description }];
    return [{ name: `--${option}`, description, value: valueFor(choices[option], definition.valueHint) }];
  });
  return {
    name,
    description: (meta as { description?: string } | undefined)?.description ?? '',
    options: [...options, { name: '--help', description: 'What the command does, with examples' }],
    ...(operand && { operand: valueFor(choices[operand[0]], 'file') }),
  };
}

/** A folder can stand where a name is offered, too. */
function valueFor(words: readonly string[] | undefined, hint: string | undefined): CompletedValue {
  if (words && hint !== 'folder') return words;
  return hint === 'file' || hint === 'folder' ? hint : 'anything';
}

import type { CommandDef } from 'citty';

/** A command with examples for its help (arguments, and what they do) and what a shell can complete. */
export interface DocumentedCommand extends CommandDef {
  readonly examples: readonly (readonly [args: string, meaning: string])[];
  /** Values that an argument may have, for completion in a shell; names as in `args`. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
}

/** Examples as a section of the help. */
export function examplesHelp(name: string, { examples }: DocumentedCommand): string {
  const width = Math.max(...examples.map(([args]) => args.length));
  const lines = examples.map(([args, meaning]) => `  nano-emox ${name} ${args.padEnd(width)}  ${meaning}`);
  return `EXAMPLES\n\n${lines.join('\n')}\n\n`;
}

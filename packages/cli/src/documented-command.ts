import type { CommandDef } from 'citty';

/** A command with examples for its help: arguments, and what they do. */
export interface DocumentedCommand extends CommandDef {
  readonly examples?: readonly (readonly [args: string, meaning: string])[];
}

/** Examples as a section of the help; '' without any. */
export function examplesHelp(name: string, { examples = [] }: DocumentedCommand): string {
  const width = Math.max(0, ...examples.map(([args]) => args.length));
  const lines = examples.map(([args, meaning]) => `  nano-emox ${name} ${args.padEnd(width)}  ${meaning}`);
  return lines.length === 0 ? '' : `EXAMPLES\n\n${lines.join('\n')}\n\n`;
}

import type { CommandDef } from 'citty';

/** Arguments, and what they do. */
export type Example = readonly [args: string, meaning: string];

/** A command with examples for its help and what a shell can complete. */
export interface DocumentedCommand extends CommandDef {
  readonly examples: readonly Example[];
  /** Values that an argument may have, for completion in a shell; names as in `args`. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
}

/** Examples as a section of the help. @param program what stands before the arguments */
export function examplesHelp(program: string, examples: readonly Example[]): string {
  const width = Math.max(...examples.map(([args]) => args.length));
  const lines = examples.map(([args, meaning]) => `  ${program} ${args.padEnd(width)}  ${meaning}`);
  return `EXAMPLES\n\n${lines.join('\n')}\n\n`;
}

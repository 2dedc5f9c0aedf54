import type { ArgsDef } from 'citty';
import { CommandArguments } from '../arguments';
import type { DocumentedCommand } from '../documented-command';
import { exitCodes } from '../exit-codes';
import { listed, outputArguments } from '../shared-options';

/** Shells that a script can be made for. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** `nano-emox completion`: prints a script that completes commands, options and values. */
export const completionCommand: DocumentedCommand = {
  meta: {
    name: 'completion',
    description: `Prints a script with which ${listed(shells)} completes commands and options`,
  },
  examples: [
    ['bash >> ~/.bashrc', 'or: source <(nano-emox completion bash)'],
    ['zsh > ~/.zfunc/_nano-emox', 'in a folder of fpath, before compinit'],
    ['fish > ~/.config/fish/completions/nano-emox.fish', 'read at the next start'],
  ],
  choices: { shell: shells },
  args: {
    shell: { type: 'positional', required: false, description: listed(shells) },
    ...outputArguments,
  },
  async run({ args, rawArgs, cmd }) {
    const shell = readShell(args._, new CommandArguments('completion', rawArgs, cmd.args as ArgsDef));
    const [{ completionScript }, { commands }] = await Promise.all([import('./scripts'), import('../run-cli')]);
    process.stdout.write(await completionScript(shell, commands));
    return exitCodes.ok;
  },
};

/** @throws UsageError */
function readShell(names: readonly string[], given: CommandArguments): Shell {
  const [name] = names;
  const shell = shells.find((known) => known === name);
  if (shell && names.length === 1) return shell;
  const what =
    name === undefined ? 'there is no shell to complete for' : `there is no completion for "${names.join(' ')}"`;
  return given.fail(what, `Name ${listed(shells)}.`, 'shell');
}

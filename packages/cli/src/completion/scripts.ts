import type { DocumentedCommand } from '../documented-command';
import { bashScript } from './bash-script';
import type { Shell } from './command';
import { type CompletedCommand, completedCommand } from './completed-command';
import { fishScript } from './fish-script';
import { zshScript } from './zsh-script';

const writers: Readonly<Record<Shell, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** A script for a shell, made from the definitions of all commands. */
export async function completionScript(
  shell: Shell,
  commands: Readonly<Record<string, () => Promise<DocumentedCommand>>>,
): Promise<string> {
  const read = Object.entries(commands).map(async ([name, load]) => completedCommand(name, await load()));
  return writers[shell](await Promise.all(read));
}

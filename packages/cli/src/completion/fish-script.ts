import type { CompletedCommand, CompletedOption, CompletedValue } from './completed-command';

/** Completion for fish: a file in `~/.config/fish/completions`. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c nano-emox -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.description)}`,
    ...command.options.map((option) => optionLine(command.name, option)),
    ...operandLines(command),
  ]);
  return `# Completion of nano-emox for fish: nano-emox completion fish > ~/.config/fish/completions/nano-emox.fish
complete -c nano-emox -n __fish_use_subcommand -l help -d 'What there is'
complete -c nano-emox -n __fish_use_subcommand -l version -d 'Version of the program'
${lines.join('\n')}
`;
}

function optionLine(command: string, { name, description, value }: CompletedOption): string {
  const option = `${within(command)} -l ${name.slice(2)} -d ${quoted(description)}`;
  return value === undefined ? option : `${option} ${argument(value)}`;
}

function operandLines({ name, operand }: CompletedCommand): readonly string[] {
  if (operand === 'file') return [];
  return [`${within(name)} -f${Array.isArray(operand) ? ` -a ${quoted(operand.join(' '))}` : ''}`];
}

const within = (command: string): string => `complete -c nano-emox -n '__fish_seen_subcommand_from ${command}'`;

function argument(value: CompletedValue): string {
  if (value === 'file') return '-r -F';
  if (value === 'folder') return "-x -a '(__fish_complete_directories)'";
  return value === 'anything' ? '-x' : `-x -a ${quoted(value.join(' '))}`;
}

/** A word of the shell; nothing in it is read. */
const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

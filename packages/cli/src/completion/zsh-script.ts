import type { CompletedCommand, CompletedOption, CompletedValue } from './completed-command';

/** Completion for zsh: a file `_nano-emox` in a folder of `fpath`. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  const described = commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`);
  return `#compdef nano-emox
# Completion of nano-emox for zsh: nano-emox completion zsh > a folder of fpath/_nano-emox
_nano_emox() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    compadd -- --help --version
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(commandCase).join('\n')}
  esac
}
if [[ $funcstack[1] == _nano-emox ]]; then
  _nano_emox "$@"
else
  compdef _nano_emox nano-emox
fi
`;
}

function commandCase({ name, options, operand }: CompletedCommand): string {
  const specs = options.map(optionSpec);
  if (operand !== undefined) specs.push(quoted(`*:argument:${action(operand)}`));
  return `    ${name}) _arguments -s ${specs.map((spec) => `\\\n      ${spec}`).join(' ')} ;;`;
}

function optionSpec({ name, description, value }: CompletedOption): string {
  const text = description.replace(/[[\]\\:]/g, '\\$&');
  if (value === undefined) return quoted(`${name}[${text}]`);
  return quoted(`*${name}=[${text}]:value:${action(value)}`);
}

function action(value: CompletedValue): string {
  if (value === 'file') return '_files';
  if (value === 'folder') return '_files -/';
  return value === 'anything' ? ' ' : `(${value.join(' ')})`;
}

/** A word of the shell; nothing in it is read. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

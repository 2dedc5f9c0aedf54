import type { CompletedCommand, CompletedValue } from './completed-command';

/**
 * Completion for bash, also the version 3.2 that macOS has. Names of files are left to the shell, which knows how to quote them.
 * Words come from our own definitions and hold nothing that a shell would read.
 */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `# Completion of nano-emox for bash: source <(nano-emox completion bash)
_nano_emox() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=
  COMPREPLY=()
  # bash takes "--device=cpu" for three words.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=( $(compgen -W "${names} --help --version" -- "$current") )
    return
  fi
  case "\${COMP_WORDS[1]} $previous" in
${commands.flatMap(optionCases).join('\n')}
  esac
  case "\${COMP_WORDS[1]}" in
${commands.map(commandCase).join('\n')}
  esac
}
complete -o default -F _nano_emox nano-emox
`;
}

function optionCases({ name, options }: CompletedCommand): readonly string[] {
  return options.flatMap((option) =>
    option.value === undefined ? [] : [`    "${name} ${option.name}") ${offer(option.value)} return ;;`],
  );
}

function commandCase({ name, options, operand }: CompletedCommand): string {
  const flags = options.map((option) => option.name).join(' ');
  const words = `COMPREPLY=( $(compgen -W "${flags}" -- "$current") )`;
  return `    ${name}) if [[ $current == -* ]]; then ${words}; else ${offer(operand ?? 'anything')} fi ;;`;
}

/** With an empty reply the shell offers files. */
function offer(value: CompletedValue): string {
  if (value === 'file') return ':;';
  if (value === 'folder') return 'compopt -o dirnames +o default 2>/dev/null;';
  if (value === 'anything') return 'compopt +o default 2>/dev/null;';
  return `COMPREPLY=( $(compgen -W "${value.join(' ')}" -- "$current") );`;
}

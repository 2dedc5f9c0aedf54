import { createRequire } from 'node:module';
import { stripVTControlCharacters } from 'node:util';
import { type CommandDef, renderUsage, runCommand } from 'citty';
import { type DocumentedCommand, type Example, examplesHelp } from './documented-command';
import { type ExitCode, exitCodes } from './exit-codes';
import { formatError } from './print-error';
import { colorsFor } from './terminal';
import { UsageError } from './usage-error';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** Sub-commands, each loaded when it is asked for; none loads the model before it runs. */
export const commands = {
  analyze: () => import('./analyze/command').then(({ analyzeCommand }) => analyzeCommand),
  chat: () => import('./chat/command').then(({ chatCommand }) => chatCommand),
  attention: () => import('./attention/command').then(({ attentionCommand }) => attentionCommand),
  features: () => import('./features/command').then(({ featuresCommand }) => featuresCommand),
  pull: () => import('./pull/command').then(({ pullCommand }) => pullCommand),
  cache: () => import('./cache/command').then(({ cacheCommand }) => cacheCommand),
  convert: () => import('./convert/command').then(({ convertCommand }) => convertCommand),
  train: () => import('./train/command').then(({ trainCommand }) => trainCommand),
  eval: () => import('./eval/command').then(({ evalCommand }) => evalCommand),
  ablate: () => import('./ablate/command').then(({ ablateCommand }) => ablateCommand),
  precision: () => import('./precision/command').then(({ precisionCommand }) => precisionCommand),
  bench: () => import('./bench/command').then(({ benchCommand }) => benchCommand),
  serve: () => import('./serve/command').then(({ serveCommand }) => serveCommand),
  doctor: () => import('./doctor/command').then(({ doctorCommand }) => doctorCommand),
  completion: () => import('./completion/command').then(({ completionCommand }) => completionCommand),
} as const satisfies Readonly<Record<string, () => Promise<DocumentedCommand>>>;

const program: CommandDef = {
  meta: {
    name: 'nano-emox',
    version,
    description: 'Understands emotion in a short clip of a person speaking',
  },
  subCommands: commands,
};

const examples: readonly Example[] = [
  ['analyze talk.mp4', 'six answers about a clip'],
  ['chat talk.mp4', 'a conversation about it'],
  ['analyze --help', 'options and examples of a command'],
  ['doctor', 'what works on this machine'],
];

const exitCodeHelp = `EXIT CODES

  ${exitCodes.ok}    all was done that was asked for
  ${exitCodes.failed}    something could not be used or done
  ${exitCodes.usage}    the command line was wrong
  ${exitCodes.interrupted}  stopped by Ctrl-C (${exitCodes.terminated} by SIGTERM)`;

/**
 * Runs the command line and returns its exit code; faults are printed, never thrown.
 * @param args what stands behind the program's name, e.g. `['analyze', 'talk.mp4', '--json']`
 */
export async function runCli(args: readonly string[]): Promise<ExitCode> {
  const rawArgs = [...args];
  const own = ownArguments(rawArgs);
  try {
    if (own.some((argument) => argument === '--help' || argument === '-h')) {
      process.stdout.write(await help(rawArgs[0]));
      return exitCodes.ok;
    }
    const [name, ...rest] = rawArgs;
    if (own.length === 1 && (name === '--version' || name === '-v')) {
      process.stdout.write(`${version}\n`);
      return exitCodes.ok;
    }
    if (name === undefined) {
      process.stderr.write(await help(undefined));
      return exitCodes.usage;
    }
    const command = await commandOf(name);
    const { result } = await runCommand(command, { rawArgs: rest });
    return result as ExitCode;
  } catch (error) {
    process.stderr.write(formatError(error, { verbose: own.includes('--verbose') }));
    return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  }
}

/** Arguments that can be options: those before `--`. */
function ownArguments(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return end < 0 ? args : args.slice(0, end);
}

async function commandOf(name: string): Promise<DocumentedCommand> {
  if (Object.hasOwn(commands, name)) return commands[name as keyof typeof commands]();
  throw new UsageError({
    message: name.startsWith('-') ? `there is no option ${name} here` : `there is no command ${name}`,
    hint: `The commands are: ${Object.keys(commands).join(', ')}. For a clip: nano-emox analyze ${name.startsWith('-') ? 'talk.mp4' : name}`,
    argument: 'command',
  });
}

async function help(name: string | undefined): Promise<string> {
  const isKnown = name !== undefined && Object.hasOwn(commands, name);
  const command = isKnown ? await commandOf(name) : undefined;
  const usage = await (command ? renderUsage(command, program) : renderUsage(program));
  const shown = command ? examplesHelp(`nano-emox ${name}`, command.examples) : examplesHelp('nano-emox', examples);
  const text = `${usage.replace(/[^\S\n]+$/gm, '').trimEnd()}\n\n${shown}${exitCodeHelp}\n`;
  // citty colours its text whatever it is written to.
  return colorsFor(process.stdout).isColorSupported ? text : stripVTControlCharacters(text);
}

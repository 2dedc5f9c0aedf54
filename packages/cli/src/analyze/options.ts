import { type TaskId, taskIds } from '@nano-emox/tasks';
import { UsageError } from '../usage-error';

const devices = ['auto', 'cpu', 'cuda', 'webgpu', 'wasm'] as const;

/** The command line of `analyze`, checked. */
export interface AnalyzeOptions {
  /** Paths; empty for the sample clip. */
  readonly clips: readonly string[];
  /** '' for a clip in which nothing is said. */
  readonly words?: string;
  readonly wordsFile?: string;
  readonly tasks: readonly TaskId[];
  /** Folder, or name of a preset. */
  readonly model: string;
  readonly device: (typeof devices)[number];
  readonly threads?: number;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

type ParsedValues = Readonly<Record<string, unknown>> & { readonly _: readonly string[] };

/**
 * Checks what the parser let through: unknown options, missing values, values out of range.
 * @param known names of the defined arguments
 * @throws UsageError
 */
export function readOptions(
  values: ParsedValues,
  rawArgs: readonly string[],
  known: readonly string[],
): AnalyzeOptions {
  checkNames(rawArgs, known);
  const text = (name: string) => values[name] as string | undefined;
  for (const name of ['words', 'words-file', 'tasks', 'model', 'device', 'threads']) checkValue(rawArgs, name);
  const [words, wordsFile, threads] = [text('words'), text('words-file'), text('threads')];
  const clips = values._;
  if (words !== undefined && wordsFile !== undefined) {
    fail('--words and --words-file are both given', 'Pass one of them.', 'words');
  }
  if (clips.length > 1 && (words ?? wordsFile) !== undefined) {
    fail(
      `the words of one clip are given for ${clips.length} clips`,
      'Put a .txt, .srt or .vtt file of the same base name beside each clip instead.',
      'words',
    );
  }
  return {
    clips,
    ...(words !== undefined && { words: words.trim() }),
    ...(wordsFile !== undefined && { wordsFile }),
    tasks: readTasks(text('tasks')),
    model: text('model') ?? 'tiny',
    device: readDevice(text('device') ?? 'auto'),
    ...(threads !== undefined && { threads: readThreads(threads) }),
    json: values.json === true,
    quiet: values.quiet === true,
    verbose: values.verbose === true,
  };
}

function fail(message: string, hint: string, argument: string): never {
  throw new UsageError({ message, hint: `${hint} See nano-emox analyze --help`, argument });
}

/** The parser takes any option; a misspelt one must not be taken for no option. */
function checkNames(rawArgs: readonly string[], known: readonly string[]): void {
  const end = rawArgs.indexOf('--');
  const allowed = known.filter((name) => name !== 'clips');
  (end < 0 ? rawArgs : rawArgs.slice(0, end)).forEach((argument, index, all) => {
    const previous = all[index - 1];
    const isValue = previous?.startsWith('--') && !previous.includes('=') && takesValue(previous.slice(2));
    if (isValue || !/^-./.test(argument)) return;
    const name = argument.replace(/^--/, '').split('=')[0] as string;
    if (!allowed.includes(name))
      fail(`there is no option ${argument}`, `The options are --${allowed.join(', --')}.`, name);
    if (argument.includes('=') && !takesValue(name)) fail(`--${name} takes no value`, `Write --${name}.`, name);
  });
}

const takesValue = (name: string) => ['words', 'words-file', 'tasks', 'model', 'device', 'threads'].includes(name);

/** The parser reads an option at the end, or before another option, as an empty text. */
function checkValue(rawArgs: readonly string[], name: string): void {
  const at = rawArgs.indexOf(`--${name}`);
  if (at < 0) return;
  const next = rawArgs[at + 1];
  if (next !== undefined && !next.startsWith('--')) return;
  fail(
    `--${name} needs a value`,
    `Write --${name} <value>, or --${name}=<value> for one that begins with dashes.`,
    name,
  );
}

function readTasks(list: string | undefined): readonly TaskId[] {
  if (list === undefined) return taskIds;
  const wanted = list.split(',').map((name) => name.trim());
  const found = wanted.map((name) => taskIds.find((id) => plain(id) === plain(name)));
  const unknown = wanted.filter((_, index) => found[index] === undefined);
  if (unknown.length > 0) {
    fail(`--tasks: there is no task "${unknown.join('", "')}"`, `The tasks are ${taskIds.join(', ')}.`, 'tasks');
  }
  // In the order of the model, from perception to empathy, whatever the order asked.
  return taskIds.filter((id) => found.includes(id));
}

/** `OV-MER`, `ov_mer` and `ovMer` are the same task. */
const plain = (name: string) => name.toLowerCase().replace(/[^a-z]/g, '');

function readDevice(name: string): AnalyzeOptions['device'] {
  const device = devices.find((known) => known === name);
  return device ?? fail(`--device: there is no device "${name}"`, `The devices are ${devices.join(', ')}.`, 'device');
}

function readThreads(text: string): number {
  const threads = Number(text);
  if (text !== '' && Number.isSafeInteger(threads) && threads >= 1 && threads <= 1024) return threads;
  return fail(`--threads is "${text}"`, 'Pass a whole number from 1 to 1024.', 'threads');
}

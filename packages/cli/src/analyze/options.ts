import { type TaskId, taskIds } from '@nano-emox/tasks';
import type { ArgsDef } from 'citty';
import { CommandArguments } from '../arguments';
import { UsageError } from '../usage-error';

/** Devices that a model can run on. */
export const modelDevices = ['auto', 'cpu', 'cuda', 'webgpu', 'wasm', 'tfjs'] as const;

/** The command line of `analyze`, checked. */
export interface AnalyzeOptions {
  /** Files, folders and patterns; empty for the sample clip. */
  readonly clips: readonly string[];
  /** '' for a clip in which nothing is said. */
  readonly words?: string;
  readonly wordsFile?: string;
  readonly tasks: readonly TaskId[];
  /** Folder, or name of a preset. */
  readonly model: string;
  readonly device: (typeof modelDevices)[number];
  readonly threads?: number;
  readonly json: boolean;
  readonly jsonl: boolean;
  /** File for a report as one HTML page. */
  readonly html?: string;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/**
 * Checks what the parser let through: unknown options, missing values, values out of range.
 * @param clips what the parser took for positional arguments
 * @throws UsageError
 */
export function readOptions(clips: readonly string[], rawArgs: readonly string[], args: ArgsDef): AnalyzeOptions {
  const given = new CommandArguments('analyze', rawArgs, args);
  const [words, wordsFile] = [given.text('words'), given.text('words-file')];
  if (words !== undefined && wordsFile !== undefined) {
    given.fail('--words and --words-file are both given', 'Pass one of them.', 'words');
  }
  checkWordsFit(clips.length, (words ?? wordsFile) !== undefined);
  if (given.flag('json') && given.flag('jsonl')) {
    given.fail('--json and --jsonl are both given', 'Pass one of them.', 'jsonl');
  }
  const html = given.text('html');
  if (html === '') given.fail('--html names no file', 'Write --html report.html.', 'html');
  const threads = given.wholeNumber('threads', 1, 1024);
  return {
    clips,
    ...(words !== undefined && { words: words.trim() }),
    ...(wordsFile !== undefined && { wordsFile }),
    tasks: readTasks(given) ?? taskIds,
    model: given.text('model') ?? 'tiny',
    device: given.oneOf('device', modelDevices, 'device') ?? 'auto',
    ...(threads !== undefined && { threads }),
    json: given.flag('json'),
    jsonl: given.flag('jsonl'),
    ...(html !== undefined && { html }),
    quiet: given.flag('quiet'),
    verbose: given.flag('verbose'),
  };
}

/** The tasks of `--tasks`. @throws UsageError */
export function readTasks(given: CommandArguments): readonly TaskId[] | undefined {
  const list = given.text('tasks');
  if (list === undefined) return undefined;
  const wanted = list.split(',').map((name) => name.trim());
  const found = wanted.map((name) => taskIds.find((id) => plain(id) === plain(name)));
  const unknown = wanted.filter((_, index) => found[index] === undefined);
  if (unknown.length > 0) {
    given.fail(`--tasks: there is no task "${unknown.join('", "')}"`, `The tasks are ${taskIds.join(', ')}.`, 'tasks');
  }
  // In the order of the model, from perception to empathy, whatever the order asked.
  return taskIds.filter((id) => found.includes(id));
}

/** `OV-MER`, `ov_mer` and `ovMer` are the same task. */
const plain = (name: string) => name.toLowerCase().replace(/[^a-z]/g, '');

/** @throws UsageError where the words of one clip are given for several, which a folder or a pattern shows only when read */
export function checkWordsFit(clips: number, areGiven: boolean): void {
  if (clips <= 1 || !areGiven) return;
  throw new UsageError({
    message: `the words of one clip are given for ${clips} clips`,
    hint: 'Put a .txt, .srt or .vtt file of the same base name beside each clip instead. See nano-emox analyze --help',
    argument: 'words',
  });
}

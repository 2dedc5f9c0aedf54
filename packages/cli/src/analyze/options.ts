import { type AnyTaskId, affectTaskIds, allTaskIds, type TaskId, taskIds } from '@nano-emox/tasks';
import type { ArgsDef } from 'citty';
import { CommandArguments } from '../arguments';
import {
  type ModelChoice,
  type OutputChoice,
  readModelChoice,
  readOutputChoice,
  readWordsChoice,
  type WordsChoice,
} from '../shared-options';
import { UsageError } from '../usage-error';

/** The command line of `analyze`, checked. */
export interface AnalyzeOptions extends ModelChoice, WordsChoice, OutputChoice {
  /** Files, folders and patterns; empty for the sample clip. */
  readonly clips: readonly string[];
  readonly tasks: readonly TaskId[];
  readonly json: boolean;
  readonly jsonl: boolean;
  /** Whether to tell how the emotion goes along the clip. */
  readonly timeline: boolean;
  /** File for a report as one HTML page. */
  readonly html?: string;
  /** Whether that report measures how unevenly the model attends. */
  readonly attention: boolean;
}

/**
 * Checks what the parser let through: unknown options, missing values, values out of range.
 * @param clips what the parser took for positional arguments
 * @throws UsageError
 */
export function readOptions(clips: readonly string[], rawArgs: readonly string[], args: ArgsDef): AnalyzeOptions {
  const given = new CommandArguments('analyze', rawArgs, args);
  const words = readWordsChoice(given);
  checkWordsFit(clips.length, words);
  const html = given.text('html');
  if (html === '') given.fail('--html names no file', 'Write --html report.html.', 'html');
  const attention = given.flag('attention');
  if (attention && html === undefined) {
    given.fail('--attention is a part of the HTML report', 'Add --html report.html.', 'attention');
  }
  return {
    clips,
    ...words,
    tasks: readClipTasks(given) ?? taskIds,
    ...readModelChoice(given),
    ...readFormat(given),
    timeline: given.flag('timeline'),
    ...(html !== undefined && { html }),
    attention,
    ...readOutputChoice(given),
  };
}

/** Whether documents are printed instead of the report. @throws UsageError */
export function readFormat(given: CommandArguments): Pick<AnalyzeOptions, 'json' | 'jsonl'> {
  const [json, jsonl] = [given.flag('json'), given.flag('jsonl')];
  if (json && jsonl) given.fail('--json and --jsonl are both given', 'Pass one of them.', 'jsonl');
  return { json, jsonl };
}

/** The tasks to ask about clips. @throws UsageError, also for a task that is asked of texts alone */
function readClipTasks(given: CommandArguments): readonly TaskId[] | undefined {
  const asked = readTasksOf(allTaskIds, given);
  const ofTexts = asked?.find((task) => affectTaskIds.some((id) => id === task));
  if (ofTexts !== undefined) {
    given.fail(`--tasks: ${ofTexts} is asked of texts, not of clips`, 'Add --text or --texts.', 'tasks');
  }
  if (given.text('emotion') !== undefined) {
    given.fail('--emotion is for texts', 'Add --text or --texts, or leave it out.', 'emotion');
  }
  return asked as readonly TaskId[] | undefined;
}

/** The tasks that an option lists, of the six. @throws UsageError */
export const readTasks = (given: CommandArguments, option = 'tasks'): readonly TaskId[] | undefined =>
  readTasksOf(taskIds, given, option);

/** The tasks that an option lists, of those that are known. @throws UsageError */
export function readTasksOf<Id extends AnyTaskId>(
  known: readonly Id[],
  given: CommandArguments,
  option = 'tasks',
): readonly Id[] | undefined {
  const list = given.text(option);
  if (list === undefined) return undefined;
  const wanted = list.split(',').map((name) => name.trim());
  const found = wanted.map((name) => known.find((id) => plain(id) === plain(name)));
  const unknown = wanted.filter((_, index) => found[index] === undefined);
  if (unknown.length > 0) {
    given.fail(`--${option}: there is no task "${unknown.join('", "')}"`, `The tasks are ${known.join(', ')}.`, option);
  }
  // In the order of the model, from perception to empathy, whatever the order asked.
  return known.filter((id) => found.includes(id));
}

/** `OV-MER`, `ov_mer` and `ovMer` are the same task. */
const plain = (name: string) => name.toLowerCase().replace(/[^a-z]/g, '');

/** @throws UsageError where the words of one clip are given for several, which a folder or a pattern shows only when read */
export function checkWordsFit(clips: number, { words, wordsFile }: WordsChoice): void {
  if (clips <= 1 || (words ?? wordsFile) === undefined) return;
  throw new UsageError({
    message: `the words of one clip are given for ${clips} clips`,
    hint: 'Put a .txt, .srt or .vtt file of the same base name beside each clip instead. See nano-emox analyze --help',
    argument: 'words',
  });
}

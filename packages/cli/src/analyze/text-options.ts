import { type AffectTaskId, type AnyTaskId, allTaskIds, buildPrompt, taskIds } from '@nano-emox/tasks';
import type { ArgsDef } from 'citty';
import { CommandArguments } from '../arguments';
import { type ModelChoice, type OutputChoice, readModelChoice, readOutputChoice } from '../shared-options';
import { readFormat, readTasksOf } from './options';

/** Tasks that ask about one emotion, which has to be named. */
export const emotionTasks: readonly AnyTaskId[] = ['eiReg', 'eiOc'] satisfies readonly AffectTaskId[];

/** Options of `analyze` that are about clips alone. */
const clipOptions = ['words', 'words-file', 'timeline', 'html', 'attention'] as const;

/** The command line of `analyze` for texts without a clip, checked. */
export interface AnalyzeTextsOptions extends ModelChoice, OutputChoice {
  readonly texts: readonly string[];
  /** File with further ones, `-` for standard input. */
  readonly file?: string;
  /** What the tasks of {@link emotionTasks} ask about, where a line of the file does not say. */
  readonly emotion?: string;
  readonly tasks: readonly AnyTaskId[];
  readonly json: boolean;
  readonly jsonl: boolean;
}

/**
 * Checks the command line where it names texts.
 * @returns undefined where it names none, and is about clips
 * @throws UsageError
 */
export function readTextOptions(
  clips: readonly string[],
  rawArgs: readonly string[],
  args: ArgsDef,
): AnalyzeTextsOptions | undefined {
  const given = new CommandArguments('analyze', rawArgs, args);
  const [texts, file] = [given.texts('text').map((text) => text.trim()), given.text('texts')];
  if (texts.length === 0 && file === undefined) return undefined;
  if (texts.includes('')) given.fail('--text is empty', 'Write --text "what is said".', 'text');
  if (file === '') given.fail('--texts names no file', 'Write --texts lines.txt, or - for standard input.', 'texts');
  if (clips.length > 0) given.fail('a clip and a text are given', 'Words of a clip are --words.', 'text');
  const odd = clipOptions.find((name) => given.text(name) !== undefined || given.flag(name));
  if (odd !== undefined) given.fail(`--${odd} is about clips`, 'Leave it out for texts.', odd);
  const tasks = readTasksOf(allTaskIds, given) ?? taskIds;
  const emotion = readEmotion(given, tasks, file === undefined);
  return {
    texts,
    ...(file !== undefined && { file }),
    ...(emotion !== undefined && { emotion }),
    tasks,
    ...readFormat(given),
    ...readModelChoice(given),
    ...readOutputChoice(given),
  };
}

function readEmotion(given: CommandArguments, tasks: readonly AnyTaskId[], isNeeded: boolean): string | undefined {
  const [emotion, asking] = [given.text('emotion'), tasks.find((task) => emotionTasks.includes(task))];
  if (emotion === undefined) {
    if (asking === undefined || !isNeeded) return undefined;
    return given.fail(`${asking} asks about one emotion, and none is named`, 'Add --emotion anger.', 'emotion');
  }
  if (asking === undefined) given.fail(`--emotion is for ${emotionTasks.join(' and ')}`, 'Leave it out.', 'emotion');
  try {
    buildPrompt(asking as AnyTaskId, { emotion });
  } catch {
    given.fail(`--emotion: "${emotion}" is no emotion`, 'Name one in plain words, such as anger.', 'emotion');
  }
  return emotion;
}

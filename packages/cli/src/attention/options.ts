import type { TaskId } from '@nano-emox/tasks';
import type { ArgsDef } from 'citty';
import { readTasks } from '../analyze/options';
import { CommandArguments } from '../arguments';
import {
  type ModelChoice,
  type OutputChoice,
  readModelChoice,
  readOutputChoice,
  readWordsChoice,
  type WordsChoice,
} from '../shared-options';

/** The command line of `attention`, checked. */
export interface AttentionOptions extends ModelChoice, WordsChoice, OutputChoice {
  /** Undefined for the sample clip. */
  readonly clip?: string;
  readonly task: TaskId;
  readonly answer?: string;
  readonly json: boolean;
  readonly html?: string;
}

/** @throws UsageError */
export function readAttentionOptions(
  clips: readonly string[],
  rawArgs: readonly string[],
  args: ArgsDef,
): AttentionOptions {
  const given = new CommandArguments('attention', rawArgs, args);
  const [clip] = clips;
  if (clips.length > 1) given.fail('there are several clips', 'Measure one at a time.', 'clip');
  const [tasks, answer, html] = [readTasks(given, 'task'), given.text('answer'), given.text('html')];
  if (tasks && tasks.length !== 1) given.fail('--task names several tasks', 'Name one.', 'task');
  if (html === '') given.fail('--html names no file', 'Write --html attention.html.', 'html');
  return {
    ...(clip !== undefined && { clip }),
    ...readWordsChoice(given),
    task: tasks?.[0] ?? 'mer',
    ...(answer !== undefined && { answer }),
    ...readModelChoice(given),
    json: given.flag('json'),
    ...(html !== undefined && { html }),
    ...readOutputChoice(given),
  };
}

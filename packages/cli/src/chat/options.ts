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

/** More turns than that help neither a small model nor its context. */
export const DEFAULT_HISTORY_TURNS = 6;
const MOST_HISTORY_TURNS = 1000;

/** The command line of `chat`, checked. */
export interface ChatOptions extends ModelChoice, WordsChoice, OutputChoice {
  /** File of the speaker; `sample` for the sample clip, undefined to talk without one. */
  readonly clip?: { readonly path: string } | 'sample';
  readonly background?: string;
  /** Earlier turns that the model reads, its own included. */
  readonly historyTurns: number;
  readonly hideChain: boolean;
  readonly json: boolean;
}

/** @throws UsageError */
export function readChatOptions(clips: readonly string[], rawArgs: readonly string[], args: ArgsDef): ChatOptions {
  const given = new CommandArguments('chat', rawArgs, args);
  const [path] = clips;
  const sample = given.flag('sample');
  if (clips.length > 1) given.fail('there are several clips', 'A conversation is about one clip.', 'clip');
  if (sample && path !== undefined)
    given.fail('--sample and a clip are both given', 'Leave one of them out.', 'sample');
  const words = readWordsChoice(given);
  if (path === undefined && !sample && (words.words ?? words.wordsFile) !== undefined) {
    given.fail('there are words, but no clip in which they are said', 'Name the clip, or type the words.', 'words');
  }
  const background = given.text('background');
  return {
    ...(path !== undefined && { clip: { path } }),
    ...(sample && { clip: 'sample' as const }),
    ...words,
    ...(background !== undefined && { background }),
    historyTurns: given.wholeNumber('history', 0, MOST_HISTORY_TURNS) ?? DEFAULT_HISTORY_TURNS,
    hideChain: given.flag('hide-chain'),
    ...readModelChoice(given),
    json: given.flag('json'),
    ...readOutputChoice(given),
  };
}

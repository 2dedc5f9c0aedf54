import type { Precision } from '@nano-emox/engine';
import type { ArgsDef } from 'citty';
import type { CommandArguments } from './arguments';

/** Devices that a model can run on. */
export const modelDevices = ['auto', 'cpu', 'cuda', 'webgpu', 'wasm', 'tfjs'] as const;

const modelPrecisions = ['float32', 'int8', 'int4', 'float16'] as const satisfies readonly Precision[];

/** What may be given for some of {@link modelArguments}. */
export const modelChoices = { device: modelDevices, precision: modelPrecisions, model: ['tiny'] } as const;

/** Options of every command that loads a model. */
export const modelArguments = {
  model: { type: 'string', valueHint: 'folder', description: 'Folder of a model, or tiny (Default: tiny)' },
  device: { type: 'string', valueHint: 'name', description: `${listed(modelDevices)} (Default: auto)` },
  threads: { type: 'string', valueHint: 'number', description: 'Threads to compute with (Default: all)' },
  precision: {
    type: 'string',
    valueHint: 'name',
    description: `${listed(modelPrecisions)}; int4 is for answers, all else is int8 then (Default: float32)`,
  },
} as const satisfies ArgsDef;

/** Options of every command about a clip. */
export const wordsArguments = {
  words: { type: 'string', valueHint: 'text', description: 'What is said in the clip; "" for nothing' },
  'words-file': {
    type: 'string',
    valueHint: 'file',
    description:
      'The same from a .txt, .srt or .vtt file; one beside the clip with its base name is found without this',
  },
} as const satisfies ArgsDef;

/** Options of every command. */
export const outputArguments = {
  quiet: { type: 'boolean', description: 'No progress; standard error is for errors alone' },
  verbose: { type: 'boolean', description: 'Print stack traces with errors' },
} as const satisfies ArgsDef;

/** Which model, and where it runs. */
export interface ModelChoice {
  /** Folder, or name of a preset. */
  readonly model: string;
  readonly device: (typeof modelDevices)[number];
  readonly threads?: number;
  /** Of products with the weights. */
  readonly precision: Precision;
}

/** How much is said beside the result. */
export interface OutputChoice {
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** Words from the command line, or where they are; neither where they are to be looked for beside the clip. */
export interface WordsChoice {
  /** '' for a clip in which nothing is said. */
  readonly words?: string;
  readonly wordsFile?: string;
}

/** @throws UsageError */
export function readModelChoice(given: CommandArguments): ModelChoice {
  const threads = given.wholeNumber('threads', 1, 1024);
  return {
    model: given.text('model') ?? 'tiny',
    device: given.oneOf('device', modelDevices, 'device') ?? 'auto',
    ...(threads !== undefined && { threads }),
    precision: given.oneOf('precision', modelPrecisions, 'precision') ?? 'float32',
  };
}

export function readOutputChoice(given: CommandArguments): OutputChoice {
  return { quiet: given.flag('quiet'), verbose: given.flag('verbose') };
}

/** @throws UsageError */
export function readWordsChoice(given: CommandArguments): WordsChoice {
  const [words, wordsFile] = [given.text('words'), given.text('words-file')];
  if (words !== undefined && wordsFile !== undefined) {
    given.fail('--words and --words-file are both given', 'Pass one of them.', 'words');
  }
  return { ...(words !== undefined && { words: words.trim() }), ...(wordsFile !== undefined && { wordsFile }) };
}

/** `a, b or c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

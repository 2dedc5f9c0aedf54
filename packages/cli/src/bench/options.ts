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

export const DEFAULT_RUNS = 5;

/** The command line of `bench`, checked. */
export interface BenchOptions extends ModelChoice, WordsChoice, OutputChoice {
  /** Undefined for the sample clip. */
  readonly clip?: string;
  /** Measured runs; one more comes before, to warm up. */
  readonly runs: number;
  readonly json: boolean;
}

/** @throws UsageError */
export function readBenchOptions(clips: readonly string[], rawArgs: readonly string[], args: ArgsDef): BenchOptions {
  const given = new CommandArguments('bench', rawArgs, args);
  const [clip] = clips;
  if (clips.length > 1) given.fail('there are several clips', 'Measure one at a time.', 'clip');
  return {
    ...(clip !== undefined && { clip }),
    runs: given.wholeNumber('runs', 1, 10_000) ?? DEFAULT_RUNS,
    ...readWordsChoice(given),
    ...readModelChoice(given),
    json: given.flag('json'),
    ...readOutputChoice(given),
  };
}

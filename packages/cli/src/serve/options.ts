import type { ArgsDef } from 'citty';
import { CommandArguments } from '../arguments';
import { type ModelChoice, type OutputChoice, readModelChoice, readOutputChoice } from '../shared-options';

export const DEFAULT_PORT = 4600;
const MEBIBYTE = 1024 * 1024;

/** The command line of `serve`, checked. */
export interface ServeOptions extends ModelChoice, OutputChoice {
  readonly host: string;
  readonly port: number;
  /** What differs from the server's own limits. */
  readonly limits: {
    readonly uploadBytes?: number;
    readonly runMs?: number;
    readonly running?: number;
    readonly waiting?: number;
  };
}

/** @throws UsageError */
export function readServeOptions(
  positionals: readonly string[],
  rawArgs: readonly string[],
  args: ArgsDef,
): ServeOptions {
  const given = new CommandArguments('serve', rawArgs, args);
  const [stray] = positionals;
  if (stray !== undefined) given.fail(`"${stray}" belongs to no option`, 'Clips are sent to the server.', 'args');
  const uploadMebibytes = given.wholeNumber('max-upload', 1, 2048);
  const timeLimitSeconds = given.wholeNumber('time-limit', 1, 3600);
  const running = given.wholeNumber('running', 1, 64);
  const waiting = given.wholeNumber('waiting', 0, 1024);
  return {
    host: given.text('host') ?? '127.0.0.1',
    port: given.wholeNumber('port', 0, 65_535) ?? DEFAULT_PORT,
    limits: {
      ...(uploadMebibytes !== undefined && { uploadBytes: uploadMebibytes * MEBIBYTE }),
      ...(timeLimitSeconds !== undefined && { runMs: timeLimitSeconds * 1000 }),
      ...(running !== undefined && { running }),
      ...(waiting !== undefined && { waiting }),
    },
    ...readModelChoice(given),
    ...readOutputChoice(given),
  };
}

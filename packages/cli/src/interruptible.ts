import { type ExitCode, exitCodes } from './exit-codes';
import { Interruption } from './interruption';
import { describeError, formatError } from './print-error';
import type { OutputStream } from './terminal';
import { UsageError } from './usage-error';

/** Where a command writes. */
export interface CommandOutput {
  /** The result and nothing else. */
  readonly stdout: OutputStream;
  /** Progress and errors. */
  readonly stderr: OutputStream;
}

export interface InterruptibleOptions {
  readonly verbose: boolean;
  /** Whether a failure is printed as a document, too. */
  readonly json?: boolean;
  /** Said at Ctrl-C. */
  readonly stopped?: string;
}

/**
 * Runs the work of a command until it ends or Ctrl-C stops it; failures are printed. `work` has freed everything when it settles.
 * @returns the exit code of the program
 * @throws UsageError
 */
export async function interruptible(
  work: (signal: AbortSignal) => Promise<ExitCode>,
  output: CommandOutput,
  { verbose, json = false, stopped = 'Stopped; nothing was left half-done.' }: InterruptibleOptions,
): Promise<ExitCode> {
  const interruption = new Interruption();
  let exitCode: ExitCode;
  try {
    exitCode = await work(interruption.signal);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    exitCode = exitCodes.failed;
    if (interruption.exitCode === undefined) {
      if (json) output.stdout.write(`${JSON.stringify({ error: describeError(error) })}\n`);
      output.stderr.write(formatError(error, { verbose }));
    }
  } finally {
    interruption.dispose();
  }
  if (interruption.exitCode === undefined) return exitCode;
  output.stderr.write(`${stopped}\n`);
  return interruption.exitCode;
}

import { sampleClip } from 'nano-emox/sample-clip';
import { type ExitCode, exitCodes } from '../exit-codes';
import { type CommandOutput, interruptible } from '../interruptible';
import { StatusLine } from '../status-line';
import { colorsFor } from '../terminal';
import { wordsFor } from '../words/words-for';
import { benchTable } from './bench-table';
import { measureModel } from './measure-model';
import type { BenchOptions } from './options';

/**
 * Measures the model on this machine and prints the tables or a document.
 * @returns the exit code of the program
 */
export function runBench(options: BenchOptions, output: CommandOutput): Promise<ExitCode> {
  return interruptible((signal) => measure(options, output, signal), output, options);
}

async function measure(options: BenchOptions, output: CommandOutput, signal: AbortSignal): Promise<ExitCode> {
  const line = new StatusLine(output.stderr, options);
  try {
    const words = await wordsFor(options.clip, options);
    const subject = { ...options, clip: options.clip ?? sampleClip.path, words };
    const onStep = (step: string, done: number, total: number) =>
      line.draw(`${Math.floor((100 * done) / total)} %  ${step}`);
    const document = await measureModel(subject, onStep, signal);
    line.clear();
    output.stdout.write(
      options.json ? `${JSON.stringify(document, null, 2)}\n` : benchTable(document, colorsFor(output.stdout)),
    );
    return exitCodes.ok;
  } finally {
    line.clear();
  }
}

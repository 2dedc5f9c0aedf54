import { basename } from 'node:path';
import { sampleClip } from 'nano-emox/sample-clip';
import { type ExitCode, exitCodes } from '../exit-codes';
import { type CommandOutput, interruptible } from '../interruptible';
import { printable } from '../report/wrap-text';
import { StatusLine } from '../status-line';
import { type Colors, colorsFor } from '../terminal';
import { wordsFor } from '../words/words-for';
import { type DeviationDocument, measureDeviations, type PrecisionDeviation } from './measure-deviations';
import type { PrecisionOptions } from './options';

/**
 * Measures what fewer bits change and prints the tables or a document.
 * @returns the exit code of the program
 */
export function runPrecision(options: PrecisionOptions, output: CommandOutput): Promise<ExitCode> {
  return interruptible((signal) => measure(options, output, signal), output, options);
}

async function measure(options: PrecisionOptions, output: CommandOutput, signal: AbortSignal): Promise<ExitCode> {
  const line = new StatusLine(output.stderr, options);
  try {
    const words = await wordsFor(options.clip, options);
    const clip = options.clip ?? sampleClip.path;
    const onStep = (precision: string) => line.draw(`measuring ${precision}`);
    const document = await measureDeviations({ ...options, clip, words: words.text }, onStep, signal);
    line.clear();
    output.stdout.write(
      options.json
        ? `${JSON.stringify({ clip, words, ...document }, null, 2)}\n`
        : deviationTable(clip, document, colorsFor(output.stdout)),
    );
    return exitCodes.ok;
  } finally {
    line.clear();
  }
}

const LABEL_WIDTH = 18;
const CELL_WIDTH = 14;

/** One table for each precision; ends in a line end. */
export function deviationTable(clip: string, { model, deviations }: DeviationDocument, colors: Colors): string {
  const title = `${colors.bold(printable(basename(clip)))}  model ${printable(model.preset)} on ${model.device}, beside float32`;
  return `${[title, ...deviations.flatMap((deviation) => precisionLines(deviation, colors))].join('\n')}\n`;
}

function precisionLines({ precision, features, logits }: PrecisionDeviation, colors: Colors): string[] {
  return [
    '',
    colors.bold(row(precision, 'cosine', 'worst row', 'error')),
    ...Object.entries(features).map(([name, { cosine, worstRowCosine, relativeError }]) =>
      row(`  ${name}`, cosine.toFixed(5), worstRowCosine.toFixed(5), share(relativeError)),
    ),
    colors.bold(row('', 'KL mean, nats', 'KL largest', 'same token')),
    row('  answer', figure(logits.meanDivergence), figure(logits.largestDivergence), share(logits.agreement)),
  ];
}

const row = (label: string, ...cells: readonly string[]): string =>
  label.padEnd(LABEL_WIDTH) + cells.map((cell) => cell.padStart(CELL_WIDTH)).join('');

const share = (value: number): string => `${(100 * value).toFixed(1)} %`;

/** Small divergences are still told apart. */
const figure = (value: number): string => (value < 1e-4 ? value.toExponential(1) : value.toFixed(4));

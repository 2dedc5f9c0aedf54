import { basename } from 'node:path';
import { bytesText } from '../bytes-text';
import { duration, percent } from '../report/quantities';
import { stepNames } from '../report/step-names';
import { printable } from '../report/wrap-text';
import type { Colors } from '../terminal';
import type { BenchDocument, Distance } from './bench-document';
import type { Spread } from './spread';

const LABEL_WIDTH = 16;
const CELL_WIDTH = 11;

/** The measurements for a terminal; ends in a line end. */
export function benchTable(document: BenchDocument, colors: Colors): string {
  const { clip, model, precision, machine, runs, load, stages, languageModel, peakBytes } = document;
  const { prompt, answer } = languageModel;
  const product = machine.productGigaflopsPerSecond;
  const heading = (title: string, ...cells: string[]) => `\n${colors.bold(row(title, ...cells).trimEnd())}`;
  const spreadHead = ['median', 'min', 'max', 'GFLOP', 'GFLOP/s', 'of product'];
  const ended = '  the model ended its answer with the first token';
  const lines = [
    `${colors.bold(printable(basename(clip)))}  model ${printable(model.preset)} on ${model.device}, ${precision}, ${runs} run${runs === 1 ? '' : 's'}`,
    heading('This machine', 'median', 'min', 'max'),
    `  ${machine.processor}, Node.js ${machine.node}`,
    row('  large products', ...spreadCells(product, rate), '', 'GFLOP/s'),
    heading('Loading'),
    row('  read', duration(load.readMs)),
    row('  compile', duration(load.compileMs)),
    heading('Analysis', ...spreadHead),
    ...Object.entries(stages).map(([stage, { milliseconds, distance }]) =>
      row(`  ${stepNames[stage] ?? stage}`, ...spreadCells(milliseconds, preciseDuration), ...distanceCells(distance)),
    ),
    heading('Tokens a second', ...spreadHead),
    row(`  ${prompt.tokens} read`, ...spreadCells(prompt.tokensPerSecond, rate), ...distanceCells(prompt.distance)),
    answer
      ? row(
          `  ${answer.tokens} written`,
          ...spreadCells(answer.tokensPerSecond, rate),
          ...distanceCells(answer.distance),
        )
      : ended,
    heading('Memory'),
    row('  at most', bytesText(peakBytes)),
  ];
  return `${lines.join('\n')}\n`;
}

const row = (label: string, ...cells: readonly string[]): string =>
  (label.padEnd(LABEL_WIDTH) + cells.map((cell) => cell.padStart(CELL_WIDTH)).join('')).trimEnd();

const spreadCells = ({ median, min, max }: Spread, text: (value: number) => string) => [median, min, max].map(text);

const distanceCells = (distance: Distance | undefined): readonly string[] =>
  distance
    ? [distance.gigaflop.toPrecision(3), rate(distance.gigaflopsPerSecond), percent(distance.shareOfProduct)]
    : [];

/** Three digits, so that small rates can be compared, too. */
const rate = (value: number): string => (value < 100 ? value.toPrecision(3) : value.toFixed(0));

/** As {@link duration}, with a fraction for the steps of a small model. */
const preciseDuration = (milliseconds: number): string =>
  milliseconds < 99.95 ? `${milliseconds.toFixed(1)} ms` : duration(milliseconds);

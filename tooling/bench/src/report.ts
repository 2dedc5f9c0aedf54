import { ratioOf, type Series } from './measure/interleave';

/** One measured comparison. */
export interface Comparison {
  /** What is compared, e.g. `LoRA step: engine / PyTorch 2.15.0`. */
  readonly title: string;
  /** How many times faster ours is: the rival's time divided by ours, median of the pairs of one round. */
  readonly ratio: number;
  /** The same of processor time, which other programs on the machine hardly touch. */
  readonly processorRatio: number;
  readonly goal: number;
  readonly ownSeconds: number;
  readonly rivalSeconds: number;
  readonly ownProcessorSeconds: number;
  readonly rivalProcessorSeconds: number;
}

/** What a section found. */
export interface SectionReport {
  readonly name: string;
  readonly comparisons: readonly Comparison[];
  /** Sizes, versions, other figures, and peers that are missing with how to install them. */
  readonly notes: readonly string[];
}

/** Compares two series of one run. */
export function comparisonOf(title: string, own: Series, rival: Series, goal: number): Comparison {
  const { wall, processor } = ratioOf(own, rival);
  return {
    title,
    ratio: wall,
    processorRatio: processor,
    goal,
    ownSeconds: own.medianSeconds,
    rivalSeconds: rival.medianSeconds,
    ownProcessorSeconds: own.medianProcessorSeconds,
    rivalProcessorSeconds: rival.medianProcessorSeconds,
  };
}

const milliseconds = (seconds: number): string =>
  seconds < 10 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(1)} s`;
const times = (ratio: number): string => `${ratio.toFixed(ratio < 10 ? 2 : 0)}×`;

const headings = ['comparison', 'ratio', 'of CPU time', 'goal', '', 'ours', 'rival', 'ours, CPU', 'rival, CPU'];

/**
 * Whether a goal by the clock is met. On a loud machine the clock is believed only where processor time agrees, since one
 * interrupted run of either side changes its ratio many times over.
 */
export function verdictOf({ ratio, processorRatio, goal }: Comparison, isLoud: boolean): 'met' | 'missed' | 'unclear' {
  const isMet = ratio >= goal;
  if (isLoud && isMet !== processorRatio >= goal) return 'unclear';
  return isMet ? 'met' : 'missed';
}

/** A section as text: notes, then a table. */
export function formatSection({ name, comparisons, notes }: SectionReport, isLoud: boolean): string {
  const rows = comparisons.map((entry) => [
    entry.title,
    times(entry.ratio),
    times(entry.processorRatio),
    `≥ ${times(entry.goal)}`,
    verdictOf(entry, isLoud),
    milliseconds(entry.ownSeconds),
    milliseconds(entry.rivalSeconds),
    milliseconds(entry.ownProcessorSeconds),
    milliseconds(entry.rivalProcessorSeconds),
  ]);
  const table = rows.length === 0 ? [] : ['', ...alignColumns([headings, ...rows])];
  return [`\n${name}`, ...notes.map((note) => `  ${note}`), ...table.map((line) => `  ${line}`.trimEnd())].join('\n');
}

function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  const cell = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[column] as number) : text.padStart(widths[column] as number);
  return rows.map((row) => row.map(cell).join('  '));
}

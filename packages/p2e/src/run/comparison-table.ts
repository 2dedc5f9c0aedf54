import { html, htmlPage, htmlTable, plainText } from './html';

/** Result of one run of a comparison. */
export interface ComparedRun {
  /** What is compared, such as a curriculum or an ablation; runs of one name differ in their seed. */
  readonly name: string;
  readonly seed: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** A metric over the seeds of a name. */
export interface ComparedMetric {
  readonly mean: number;
  /** Sample standard deviation (n − 1); absent for a single value. */
  readonly standardDeviation?: number;
  /** Finite values that went in. */
  readonly count: number;
}

/** One name of a comparison. */
export interface ComparisonRow {
  readonly name: string;
  /** Runs of this name. */
  readonly runs: number;
  /** By metric; absent where no run has a finite value. */
  readonly metrics: Readonly<Record<string, ComparedMetric>>;
}

/** Runs side by side. Names and metrics are in the order in which they first appear. */
export interface ComparisonTable {
  readonly metrics: readonly string[];
  readonly rows: readonly ComparisonRow[];
}

/** Mean and standard deviation over seeds of every metric, one row for each name. Values that are not finite are left out and the row's count says so. */
export function comparisonTable(runs: readonly ComparedRun[]): ComparisonTable {
  const metrics = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))];
  const names = [...new Set(runs.map(({ name }) => name))];
  const rows = names.map((name): ComparisonRow => {
    const own = runs.filter((run) => run.name === name);
    const entries = metrics.flatMap((metric) => {
      const values = own.map((run) => run.metrics[metric]).filter((value) => Number.isFinite(value)) as number[];
      return values.length === 0 ? [] : [[metric, summarise(values)] as const];
    });
    return { name, runs: own.length, metrics: Object.fromEntries(entries) };
  });
  return { metrics, rows };
}

function summarise(values: readonly number[]): ComparedMetric {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { mean, count };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardDeviation: Math.sqrt(squares / (count - 1)), count };
}

/** The table as text for a terminal. */
export function comparisonText(table: ComparisonTable): string {
  const cells = cellsOf(table).map((row) => row.map(plainText));
  const widths = widthsOf(cells);
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return `${[lines[0], rule, ...lines.slice(1)].join('\n')}\n`;
}

/** The table in Markdown. */
export function comparisonMarkdown(table: ComparisonTable): string {
  const cells = cellsOf(table).map((row) => row.map(markdownText));
  const widths = widthsOf(cells);
  const lines = cells.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return `${[lines[0], rule, ...lines.slice(1)].join('\n')}\n`;
}

/** The table as an HTML page that needs nothing else. @param notes sentences about it, one a paragraph */
export function comparisonHtml(table: ComparisonTable, title: string, notes: readonly string[] = []): string {
  const [headings = [], ...rows] = cellsOf(table);
  return htmlPage(
    title,
    html`<h1>${title}</h1>
${htmlTable('Mean ± standard deviation over seeds', headings, rows)}
${notes.map((note) => html`<p>${note}</p>`)}
<p class="note">The standard deviation is that of a sample (n − 1). “(2 of 3)” means that one of three runs has no finite value.</p>`,
  );
}

function cellsOf({ metrics, rows }: ComparisonTable): string[][] {
  return [
    ['name', 'runs', ...metrics],
    ...rows.map((row) => [
      row.name,
      String(row.runs),
      ...metrics.map((metric) => cellOf(row.metrics[metric], row.runs)),
    ]),
  ];
}

function cellOf(metric: ComparedMetric | undefined, runs: number): string {
  if (metric === undefined) return '–';
  const { mean, standardDeviation, count } = metric;
  const missing = count < runs ? ` (${count} of ${runs})` : '';
  return `${mean.toFixed(4)}${standardDeviation === undefined ? '' : ` ± ${standardDeviation.toFixed(4)}`}${missing}`;
}

const widthsOf = (cells: readonly (readonly string[])[]): number[] =>
  (cells[0] ?? []).map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));

/** Text that Markdown shows as it is, inside a table. */
const markdownText = (text: string): string => plainText(text).replace(/[\\`*_[\]|<>~&]/g, '\\$&');

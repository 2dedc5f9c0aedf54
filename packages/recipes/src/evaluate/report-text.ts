import { taskOf } from '@nano-emox/tasks';
import type { EvaluationReport, TaskEvaluation } from './evaluate-predictions';
import type { Score } from './score';

/** The report for a terminal: the main numbers, then every score. */
export function evaluationText(report: EvaluationReport): string {
  const { dataSet, split, seed, command, tasks, scores } = report;
  const overview = table([headings, ...tasks.map(overviewRow)]);
  const details = table([scoreHeadings, ...scores.map(scoreCells)]);
  return `${dataSet}, ${split}\n\n${overview}\n${summaryText(report)}\n${details}\nseed ${seed}; ${command}\n`;
}

/** Every score with what is needed to measure it again, in Markdown. */
export function scoresMarkdown(scores: readonly Score[]): string {
  const rows = scores.map((score) => [
    score.dataSet,
    score.split,
    ...scoreCells(score),
    String(score.seed),
    `\`${score.command}\``,
    score.note ?? '',
  ]);
  const cells = [['data', 'split', ...scoreHeadings, 'seed', 'command', 'note'], ...rows];
  const lines = cells.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  return `${[lines[0], `|${'---|'.repeat(cells[0]?.length ?? 0)}`, ...lines.slice(1)].join('\n')}\n`;
}

/** Every score for a terminal. */
export function scoresText(scores: readonly Score[]): string {
  const rows = scores.map((score) => [score.dataSet, score.split, ...scoreCells(score)]);
  return table([['data', 'split', ...scoreHeadings], ...rows]);
}

const scoreHeadings = ['metric', 'value', 'best', 'count'];

function scoreCells({ metric, value, best, count }: Score): string[] {
  return [metric, value.toFixed(4), String(best), String(count)];
}

const headings = ['task', 'main metric', 'value', 'best', 'questions', 'unparsed', 'right', 'calibration error'];

function overviewRow({ task, main, counts, share, calibrationError }: TaskEvaluation): string[] {
  const unparsed = Object.values(counts.unparsed).reduce((sum, count) => sum + count, 0);
  return [
    taskOf(task).abbreviation,
    main?.metric ?? '–',
    main?.value.toFixed(4) ?? '–',
    main ? String(main.best) : '–',
    String(counts.questions),
    String(unparsed),
    share === undefined ? '–' : `${(100 * share).toFixed(1)} %`,
    calibrationError === undefined ? '–' : calibrationError.value.toFixed(3),
  ];
}

function summaryText({ summary: { perceptionAverage, ergHitRate } }: EvaluationReport): string {
  const lines = [
    ...(perceptionAverage === undefined ? [] : [`perception average  ${perceptionAverage.toFixed(4)} of 1`]),
    ...(ergHitRate === undefined ? [] : [`ERG hit rate        ${ergHitRate.toFixed(2)} of 100`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Columns of equal width, a rule below the headings. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return `${[lines[0], rule, ...lines.slice(1)].join('\n')}\n`;
}

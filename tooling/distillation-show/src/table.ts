import type { Result } from './experiment';

/** Scores of what is only compared with. */
export interface Rivals {
  /** The teacher on the whole test part. */
  readonly teacher: number;
  /** The language model's word on the pictures of the gate. */
  readonly languageModel: number;
  /** The teacher on these. */
  readonly teacherOnGateRows: number;
  /** Parameters of the model that head and gate are added to. */
  readonly modelParameters: number;
  readonly description: string;
}

/** The report as Markdown: heads, then gates, means and deviations over seeds. */
export function reportOf(results: readonly Result[], rivals: Rivals): string {
  const percent = (value: number) => (100 * value).toFixed(2);
  const rowsOf = (group: Result['group']) => {
    const names = [...new Set(results.filter((result) => result.group === group).map(({ name }) => name))];
    return names.map((name) => {
      const runs = results.filter((result) => result.group === group && result.name === name);
      const accuracy = runs.map((run) => run.accuracy);
      const parameters = runs[0]?.parameters ?? 0;
      const cells = [
        name,
        `${percent(mean(accuracy))} ± ${percent(deviation(accuracy))}`,
        ...(group === 'gate' ? [percent(mean(runs.map(({ headAccuracy }) => headAccuracy ?? 0)))] : []),
        mean(runs.map((run) => run.calibrationErrorBefore)).toFixed(3),
        mean(runs.map((run) => run.calibrationErrorAfter)).toFixed(3),
        String(parameters),
        `${((100 * parameters) / rivals.modelParameters).toFixed(3)} %`,
        String(runs.length),
      ];
      return `| ${cells.join(' | ')} |`;
    });
  };
  const common = ['ECE before', 'ECE calibrated', 'parameters', 'of the model', 'seeds'];
  const header = (...names: string[]) => [`| ${names.join(' | ')} |`, `|${names.map(() => '---').join('|')}|`];
  return [
    '# Distillation on FER2013, PublicTest',
    '',
    rivals.description,
    '',
    `Teacher: ${percent(rivals.teacher)} % right.`,
    '',
    ...header('head', 'accuracy %', ...common),
    ...rowsOf('head'),
    '',
    `On the pictures of the gates: language model ${percent(rivals.languageModel)} %, teacher ${percent(rivals.teacherOnGateRows)} %.`,
    '',
    ...header('gate, reads', 'accuracy %', 'head alone %', ...common),
    ...rowsOf('gate'),
    '',
  ].join('\n');
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Of the sample; 0 for one value. */
function deviation(values: readonly number[]): number {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
}

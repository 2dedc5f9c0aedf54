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

/** The report as Markdown: heads, then gates, means and deviations over seeds, then whether the paper's findings hold. */
export function reportOf(results: readonly Result[], rivals: Rivals): string {
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
    ...findingsOf(results, rivals),
    '',
  ].join('\n');
}

/** What the paper found, and what the means of this table say of it. */
function findingsOf(results: readonly Result[], { teacher, languageModel }: Rivals): readonly string[] {
  const accuracyOf = (name: string) => mean(results.filter((run) => run.name === name).map(({ accuracy }) => accuracy));
  const namesOf = (group: Result['group'], start = '') => [
    ...new Set(results.filter((run) => run.group === group && run.name.startsWith(start)).map(({ name }) => name)),
  ];
  const [shallow, ...deep] = namesOf('head', 'KD').sort();
  const best = (names: readonly string[]) => [...names].sort((a, b) => accuracyOf(b) - accuracyOf(a))[0];
  const [deepest, gate] = [best(deep), best(namesOf('gate'))];
  if (shallow === undefined || deepest === undefined || gate === undefined) return [];
  const student = accuracyOf(shallow);
  const heads = mean(results.filter(({ name }) => name === gate).map(({ headAccuracy }) => headAccuracy ?? 0));
  const line = (what: string, holds: boolean, facts: string) => `- ${what}: ${holds ? 'yes' : 'no'}. ${facts}.`;
  const of = (name: string, value = accuracyOf(name)) => `${name} ${percent(value)} %`;
  return [
    line('Student ≥ teacher', student >= teacher, `${of(shallow)}, ${of('teacher', teacher)}`),
    line(
      'Shallow ≥ deep',
      student >= accuracyOf(deepest),
      `${of(shallow)}, the best of the deeper ones is ${of(deepest)}`,
    ),
    line(
      'The teacher helps over labels alone',
      student > accuracyOf('CE only, depth 1'),
      `${of(shallow)}, ${of('CE only, depth 1')}`,
    ),
    line(
      'A gate ≥ both that it weighs',
      accuracyOf(gate) >= Math.max(heads, languageModel),
      `${of(gate)}, ${of('head alone', heads)}, ${of('language model', languageModel)}`,
    ),
  ];
}

const percent = (value: number) => (100 * value).toFixed(2);

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Of the sample; 0 for one value. */
function deviation(values: readonly number[]): number {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
}

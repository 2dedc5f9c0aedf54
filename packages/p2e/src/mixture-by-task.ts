import { InvalidArgumentError } from '@nano-emox/tensor-contract';

/** The paper's shares of the tasks in its last phase (fact sheet 9.3); sentiment is never trained by itself. */
export const paperTaskRatio = { mer: 18, ovMer: 28, mir: 5, eri: 31, erg: 18 } as const;

/** Name under which a data set is drawn for a task; one that serves several tasks is one `DataSet` for each. */
export const taskSetName = (dataSet: string, task: string): string => `${dataSet}/${task}`;

/**
 * A mixture that gives each task its share: data sets of a task divide the share among them. Since a batch comes from one
 * entry of the mixture, it is of one data set and one task.
 * @param dataSets data sets of each task: names, which count alike, or weights by name
 * @param ratio share of each task; tasks without data sets are left out
 * @returns weight by {@link taskSetName}; together 1
 * @throws InvalidArgumentError when a task with data sets has no share, or its weights are not positive
 * @example
 * mixtureByTask({ mir: { mintrec: 2, mintrec2: 3 }, erg: ['avamerg'] }, { mir: 1, erg: 3 });
 * // { 'mintrec/mir': 0.1, 'mintrec2/mir': 0.15, 'avamerg/erg': 0.75 }
 */
export function mixtureByTask<Task extends string = keyof typeof paperTaskRatio>(
  dataSets: Readonly<Partial<Record<Task, readonly string[] | Readonly<Record<string, number>>>>>,
  ratio: Readonly<Record<Task, number>> = paperTaskRatio as Readonly<Record<string, number>>,
): Record<string, number> {
  const tasks = (Object.keys(dataSets) as Task[]).map((task) => {
    const sets = weightsOf(dataSets[task] ?? []);
    return { task, sets, share: ratio[task], weight: totalOf(Object.values(sets)) };
  });
  for (const { task, share, weight } of tasks) {
    if (!(share > 0 && weight > 0)) throw withoutShare(task, share, weight);
  }
  const shares = totalOf(tasks.map(({ share }) => share));
  return Object.fromEntries(
    tasks.flatMap(({ task, sets, share, weight }) =>
      Object.entries(sets).map(([name, part]) => [taskSetName(name, task), (share / shares) * (part / weight)]),
    ),
  );
}

const weightsOf = (sets: readonly string[] | Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Array.isArray(sets)
    ? Object.fromEntries(sets.map((name: string) => [name, 1]))
    : (sets as Readonly<Record<string, number>>);

const totalOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const withoutShare = (task: string, share: number, weight: number): InvalidArgumentError =>
  new InvalidArgumentError({
    message: `mixtureByTask: task ${task} has the share ${share} and data sets of weight ${weight}`,
    hint: 'Give every task with data sets a positive share, and its data sets positive weights.',
    argument: share > 0 ? 'dataSets' : 'ratio',
  });

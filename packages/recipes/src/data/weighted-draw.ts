import { deriveSeed, Random } from '@nano-emox/engine';
import type { DataSet } from '@nano-emox/p2e';
import type { AnyTaskId } from '@nano-emox/tasks';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { TaskText, TaskTextSource } from './task-texts';

/** Share of each task in language-model training; need not sum to 1. */
export const taskShares: Readonly<Record<AnyTaskId, number>> = {
  ...{ msa: 0.14, mer: 0.2, ovMer: 0.17, eri: 0.15, mir: 0.12, erg: 0.22 },
  ...{ eiReg: 0.015, eiOc: 0.02, vReg: 0.015, vOc: 0.02, eC: 0.03 },
};

/** Of most tasks. Scripts and clips look like what the model will meet. */
const sourceShares: Readonly<Record<TaskTextSource, number>> = {
  ...{ goemotions: 1, brighter: 0.4, xed: 0.7, emobank: 0.6, mintrec: 1, script: 0.8, dialogue: 1.6, clip: 2 },
};

/** Of what is said in them, corpora tell one sentence for each emotion, soon learnt; scripts and clips tell what happened. */
const toldShares = { goemotions: 0.25, brighter: 0.1, xed: 0.2, script: 1.5, dialogue: 1, clip: 3 };

/** Where a task differs. Intents are many, and their corpus is small. */
const ownShares: Partial<Record<AnyTaskId, Partial<Record<TaskTextSource, number>>>> = {
  ...{ eri: toldShares, erg: toldShares, mir: { mintrec: 4 } },
};

/** Share of a source within a task; those of the sources that it has need not sum to 1. */
export function sourceShareOf(task: AnyTaskId, source: TaskTextSource): number {
  return ownShares[task]?.[source] ?? sourceShares[source];
}

/** How strongly labels are evened out: 0 as they come, 1 all alike. */
const labelBalance = 0.6;

/**
 * Weight of each text: tasks and, within a task, sources by their shares; within both, rare labels weigh more.
 * @returns one positive number per item, summing to 1
 */
export function taskTextWeights(items: readonly TaskText[]): Float64Array {
  const labelCounts = countBy(items, ({ task, source, label }) => `${task}/${source}/${label}`);
  const raw = items.map(({ task, source, label }) => {
    return (labelCounts.get(`${task}/${source}/${label}`) as number) ** -labelBalance;
  });
  const groupOf = ({ task, source }: TaskText) => `${task}/${source}`;
  const groupTotals = new Map<string, number>();
  items.forEach((item, index) => {
    groupTotals.set(groupOf(item), (groupTotals.get(groupOf(item)) ?? 0) + (raw[index] as number));
  });
  const taskTotals = new Map<string, number>();
  for (const group of groupTotals.keys()) {
    const [task, source] = group.split('/') as [AnyTaskId, TaskTextSource];
    taskTotals.set(task, (taskTotals.get(task) ?? 0) + sourceShareOf(task, source));
  }
  const allTasks = [...taskTotals.keys()].reduce((sum, task) => sum + taskShares[task as AnyTaskId], 0);
  return Float64Array.from(items, (item, index) => {
    const inGroup = (raw[index] as number) / (groupTotals.get(groupOf(item)) as number);
    const inTask = sourceShareOf(item.task, item.source) / (taskTotals.get(item.task) as number);
    return (inGroup * inTask * taskShares[item.task]) / allTasks;
  });
}

/** Draws indices in proportion to weights, with replacement. */
export class WeightedDraw {
  private readonly cumulative: Float64Array;

  /** @throws InvalidArgumentError unless the weights are not negative and their sum is above zero */
  constructor(weights: ArrayLike<number>) {
    let sum = 0;
    this.cumulative = Float64Array.from(weights, (weight) => {
      sum += weight >= 0 ? weight : Number.NaN;
      return sum;
    });
    if (sum > 0) return;
    throw new InvalidArgumentError({
      message: `WeightedDraw: the weights sum to ${sum}`,
      hint: 'Pass weights of at least 0, one of them above.',
      argument: 'weights',
    });
  }

  draw(random: Random): number {
    const { cumulative } = this;
    const mark = random.uniform() * (cumulative.at(-1) as number);
    let [low, high] = [0, cumulative.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] as number) > mark) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/**
 * Texts as a training set whose order is a draw by {@link taskTextWeights}: every task, source and label gets its share.
 * @param key of the draws, for sets of one seed
 */
export function drawnTexts(name: string, texts: readonly TaskText[], seed: number, key = name): DataSet<TaskText> {
  const draw = new WeightedDraw(taskTextWeights(texts));
  const get = (index: number) => texts[draw.draw(new Random(deriveSeed(seed, `${key} ${index}`)))] as TaskText;
  return { name, length: texts.length, get };
}

function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

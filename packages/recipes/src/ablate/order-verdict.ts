import type { ComparedMetric, ComparisonTable } from '@nano-emox/p2e';

/** The order that the paper reports. */
export const paperOrder = ['p2e', 'joint', 'reverse'] as const;

/** Two neighbours of the order. */
export interface OrderedPair {
  readonly better: string;
  readonly worse: string;
  /** Mean of the better minus mean of the worse; negative where the order does not hold. */
  readonly difference: number;
  /** The difference in standard deviations of the seeds (pooled over both); absent where a row has one seed, or none varies. */
  readonly deviations?: number;
}

/** Whether an order holds on a metric. */
export interface OrderVerdict {
  readonly metric: string;
  readonly holds: boolean;
  readonly pairs: readonly OrderedPair[];
  /** The same for people, from the numbers alone. */
  readonly sentence: string;
}

/** Below this many deviations a difference may well be chance. */
const CLEAR_DEVIATIONS = 2;

/**
 * Compares the means of neighbours in an order, larger values first, and says what the table shows: also that the order does
 * not hold, and that a difference is within what the seeds differ by.
 * @returns undefined when a row or its metric is not in the table
 */
export function orderVerdict(
  table: ComparisonTable,
  metric: string,
  order: readonly string[] = paperOrder,
): OrderVerdict | undefined {
  const entries = order.map((name) => table.rows.find((row) => row.name === name)?.metrics[metric]);
  if (order.length < 2 || entries.includes(undefined)) return undefined;
  const pairs = order.slice(1).map((worse, index) => {
    const [upper, lower] = entries.slice(index, index + 2) as [ComparedMetric, ComparedMetric];
    return pairOf(order[index] as string, worse, upper, lower);
  });
  const holds = pairs.every(({ difference }) => difference > 0);
  return { metric, holds, pairs, sentence: sentenceOf(metric, order, holds, pairs) };
}

function pairOf(better: string, worse: string, upper: ComparedMetric, lower: ComparedMetric): OrderedPair {
  const difference = upper.mean - lower.mean;
  const [first, second] = [upper.standardDeviation, lower.standardDeviation];
  const pooled = first === undefined || second === undefined ? 0 : Math.sqrt((first ** 2 + second ** 2) / 2);
  return { better, worse, difference, ...(pooled > 0 && { deviations: difference / pooled }) };
}

function sentenceOf(metric: string, order: readonly string[], holds: boolean, pairs: readonly OrderedPair[]): string {
  const chain = order.join(' > ');
  const facts = pairs.map(factOf).join('; ');
  const unclear = pairs.filter(
    ({ deviations, difference }) => difference > 0 && (deviations === undefined || deviations < CLEAR_DEVIATIONS),
  );
  const doubt =
    holds && unclear.length > 0
      ? ` ${unclear.length === pairs.length ? 'These differences are' : `${unclear.map(({ better, worse }) => `${better} over ${worse}`).join(', ')} is`} within what other seeds could turn round.`
      : '';
  return `On the ${metric} the order ${chain} ${holds ? 'holds' : 'does not hold'}: ${facts}.${doubt}`;
}

function factOf({ better, worse, difference, deviations }: OrderedPair): string {
  if (difference === 0) return `${better} and ${worse} are equal`;
  const [above, below] = difference > 0 ? [better, worse] : [worse, better];
  const size =
    deviations === undefined
      ? 'the spread over seeds is unknown'
      : `${Math.abs(deviations).toFixed(1)} deviations of the seeds`;
  return `${above} is ${Math.abs(difference).toFixed(4)} above ${below} (${size})`;
}

import { deriveSeed, type Executor, Random } from '@nano-emox/engine';
import type { RunOptions } from '@nano-emox/tensor-contract';
import type { NanoEmoX } from 'nano-emox';
import type { EvaluatePredictionsOptions } from './evaluate-predictions';
import type { Score } from './score';

/** What every measurement of a model is given. */
export interface MeasureContext extends RunOptions {
  readonly model: NanoEmoX;
  readonly executor: Executor;
  readonly dataFolder: string;
  /** Features, decoded data sets and answers; a measurement that was stopped continues from it. */
  readonly cacheFolder: string;
  readonly seed: number;
  /** Items of each data set, drawn from the seed; all without it. */
  readonly limit: number | undefined;
  /** Facts that all scores share. */
  readonly command: string;
  readonly onProgress: (done: number, total: number) => void;
}

/** A score with the facts of its context. */
export const scoreOf = (
  { seed, command }: Pick<MeasureContext, 'seed' | 'command'>,
  facts: Omit<Score, 'seed' | 'command'>,
): Score => ({ ...facts, seed, command });

/** How the answers of a context are scored. */
export const evaluationOf = (
  { seed, command, signal }: MeasureContext,
  dataSet: string,
  split: string,
): EvaluatePredictionsOptions => ({ dataSet, split, seed, command, ...(signal && { signal }) });

/** All items, or as many as the limit allows, drawn from the seed; in their order. */
export function drawItems<Item>(
  items: readonly Item[],
  { limit, seed }: Pick<MeasureContext, 'limit' | 'seed'>,
  name: string,
): readonly Item[] {
  if (limit === undefined || items.length <= limit) return items;
  const order = new Random(deriveSeed(seed, name)).shuffle(items.map((_, index) => index));
  return order
    .slice(0, limit)
    .sort((a, b) => a - b)
    .map((index) => items[index] as Item);
}

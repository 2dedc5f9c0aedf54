import { throwIfAborted } from '@nano-emox/tensor-contract';
import { mapConcurrently } from '../map-concurrently';
import { mean } from '../statistics';
import type { CallOptions, Judge, LabelExtractor, OverlapQuestion } from './judge';

/** A description of a clip by people, and one by the model. */
export interface ReasoningSample {
  readonly gold: string;
  readonly prediction: string;
}

/** Who compares, who extracts, and how many samples at a time. */
export interface ReasoningOptions extends CallOptions {
  readonly judge: Judge;
  readonly extractor: LabelExtractor;
  /** Samples that are under way at once. @default 4 */
  readonly concurrency?: number;
}

/** Means over samples, from 1 to 10 (0 for a reply without a number, as published). */
export interface ReasoningScore {
  /** How far the descriptions agree. */
  readonly clueOverlap: number;
  /** How far the emotion words in them agree. */
  readonly labelOverlap: number;
  /** The same over those replies that are a number from 1 to 10; `undefined` when none is. */
  readonly clueOverlapRated: number | undefined;
  readonly labelOverlapRated: number | undefined;
}

/**
 * Score of ERI: a judge compares the descriptions, and the emotion words that an extractor finds in them.
 * @see EMER, clue overlap and label overlap
 */
export async function reasoningScore(
  samples: readonly ReasoningSample[],
  options: ReasoningOptions,
): Promise<ReasoningScore> {
  const { judge, extractor, concurrency, signal } = options;
  const call = signal ? { signal } : {};
  const rate = async (question: OverlapQuestion) => (await judge.compare(question, call)).score;
  const listOf = async (text: string) => (await extractor.extract(text, call)).join(', ');
  const scores = await mapConcurrently(samples, concurrency, async ({ gold, prediction }) => {
    throwIfAborted(signal, 'reasoningScore');
    const clues = await rate({ about: 'clues', gold, prediction });
    const lists = { gold: await listOf(gold), prediction: await listOf(prediction) };
    return { clues, labels: await rate({ about: 'labels', ...lists }) };
  });
  const [clues, labels] = [scores.map((score) => score.clues), scores.map((score) => score.labels)];
  return {
    clueOverlap: mean(clues.map((score) => score ?? 0)),
    labelOverlap: mean(labels.map((score) => score ?? 0)),
    clueOverlapRated: meanOfRated(clues),
    labelOverlapRated: meanOfRated(labels),
  };
}

function meanOfRated(scores: readonly (number | undefined)[]): number | undefined {
  const rated = scores.filter((score) => score !== undefined && score >= 1 && score <= 10) as number[];
  return rated.length === 0 ? undefined : mean(rated);
}

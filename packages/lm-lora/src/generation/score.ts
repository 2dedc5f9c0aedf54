import { InvalidArgumentError, type RunOptions } from '@nano-emox/tensor-contract';
import type { AssembledPrompt } from './assemble-prompt';
import { DecoderRun, type RunnableDecoder } from './decoder-run';
import { logSumExp } from './sampling';

/** Log-probability of a continuation, summed over its tokens. */
export interface Score {
  readonly logProbability: number;
  readonly tokens: number;
}

/** Continuation tokens read in one run; bounds the logits held at once. */
const MAX_TOKENS_PER_RUN = 1024;

/** Splits `continuations` into runs, each of at most {@link MAX_TOKENS_PER_RUN} tokens unless one alone is longer. */
function inRuns(continuations: readonly (readonly number[])[]): (readonly number[])[][] {
  const runs: (readonly number[])[][] = [];
  let tokens = Number.POSITIVE_INFINITY;
  for (const ids of continuations) {
    if (tokens + ids.length > MAX_TOKENS_PER_RUN) {
      runs.push([]);
      tokens = 0;
    }
    runs[runs.length - 1]?.push(ids);
    tokens += ids.length;
  }
  return runs;
}

/** Log-probability of `id` under `logits`. */
const tokenScore = (logits: Float32Array, id: number): number => (logits[id] as number) - logSumExp(logits);

/**
 * Scores the continuations of one run. The prompt is read once; then all continuations are read side by side as branches
 * behind it, which costs their tokens and no padding.
 */
async function scoreRun(
  decoder: RunnableDecoder,
  prompt: AssembledPrompt,
  continuations: readonly (readonly number[])[],
  signal: AbortSignal | undefined,
): Promise<Score[]> {
  const run = await DecoderRun.start(decoder);
  try {
    const [first] = (await run.append({ ...prompt, signal })) as [Float32Array];
    // The last token of a continuation predicts nothing that is asked for.
    const read = continuations.map((ids) => ids.slice(0, -1));
    const tokens = read.flatMap((ids, branch) =>
      ids.map((id, index) => ({ id, branch, position: run.length + index })),
    );
    const logits =
      tokens.length === 0
        ? []
        : await run.append({
            inputIds: tokens.map(({ id }) => id),
            branch: tokens.map(({ branch }) => branch),
            positions: tokens.map(({ position }) => position),
            rows: tokens.map((_, index) => index),
            signal,
          });
    let next = 0;
    return continuations.map((ids) => {
      const parts = ids.map((id, index) => tokenScore(index === 0 ? first : (logits[next++] as Float32Array), id));
      return { logProbability: parts.reduce((sum, part) => sum + part, 0), tokens: ids.length };
    });
  } finally {
    await run.dispose();
  }
}

/** Scores each of `continuations` (token ids) after `prompt`; an empty one scores 0. @throws InvalidArgumentError, AbortedError */
export async function scoreContinuations(
  decoder: RunnableDecoder,
  prompt: AssembledPrompt,
  continuations: readonly (readonly number[])[],
  { signal }: RunOptions,
): Promise<Score[]> {
  const { maxPositions } = decoder.handle.config;
  const room = maxPositions - prompt.inputIds.length;
  const tooLong = continuations.findIndex((ids) => ids.length > room);
  if (tooLong >= 0) {
    throw new InvalidArgumentError({
      message: `score: continuation ${tooLong} has ${continuations[tooLong]?.length} tokens, the prompt leaves room for ${room}`,
      hint: `Shorten it or the prompt; the model has ${maxPositions} positions.`,
      argument: 'continuations',
    });
  }
  const scores: Score[] = [];
  for (const part of inRuns(continuations)) scores.push(...(await scoreRun(decoder, prompt, part, signal)));
  return scores;
}

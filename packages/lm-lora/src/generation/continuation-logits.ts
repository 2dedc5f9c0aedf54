import {
  type FloatTensor,
  floatTensor,
  InvalidArgumentError,
  type RunOptions,
  throwIfAborted,
} from '@nano-emox/tensor-contract';
import type { AssembledPrompt } from './assemble-prompt';
import { DecoderRun, type RunnableDecoder } from './decoder-run';

/**
 * Logits that decide each of the given tokens, computed as generation computes them: the prompt in its runs, then one token after the other.
 * @returns float32 `[continuation.length, vocabSize]`; row `i` follows the prompt and the first `i` tokens
 * @throws InvalidArgumentError when there is nothing to continue with, no room for it, or no such token; AbortedError
 */
export async function continuationLogits(
  decoder: RunnableDecoder,
  prompt: AssembledPrompt,
  continuation: readonly number[],
  { signal }: RunOptions,
): Promise<FloatTensor> {
  const { vocabSize, maxPositions } = decoder.handle.config;
  const room = maxPositions - prompt.inputIds.length;
  const isToken = (id: number) => Number.isInteger(id) && id >= 0 && id < vocabSize;
  if (continuation.length < 1 || continuation.length > room || !continuation.every(isToken)) {
    throw new InvalidArgumentError({
      message: `continuationLogits: [${continuation.slice(0, 8).join(', ')} …] cannot follow the prompt (${continuation.length} tokens)`,
      hint: `Give 1 to ${room} token ids from 0 to ${vocabSize - 1}.`,
      argument: 'continuation',
    });
  }
  const data = new Float32Array(continuation.length * vocabSize);
  const run = await DecoderRun.start(decoder);
  try {
    for (const index of continuation.keys()) {
      throwIfAborted(signal, 'continuationLogits');
      const before = index === 0 ? prompt : { inputIds: [continuation[index - 1] as number] };
      const [logits] = await run.append({ ...before, signal });
      data.set(logits as Float32Array, index * vocabSize);
    }
    return floatTensor(data, [continuation.length, vocabSize]);
  } finally {
    await run.dispose();
  }
}

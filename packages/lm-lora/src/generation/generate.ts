import { Random } from '@nano-emox/engine';
import { type GeneratedToken, type RunOptions, type SamplingOptions, throwIfAborted } from '@nano-emox/tensor-contract';
import { TEXT_TOKEN } from '../sequence/tokenize-prompt';
import type { TextTokenizer } from '../tokenizer/text-tokenizer';
import type { AssembledPrompt } from './assemble-prompt';
import { DecoderRun, type RunnableDecoder } from './decoder-run';
import { chooseToken, resolveSampling } from './sampling';
import { StopTextFilter } from './stop-text-filter';

/** Ids that tell a tokenizer what stands before the answer: the last text token, but not the beginning of the sequence. */
function streamContext({ inputIds, spliceIndex }: AssembledPrompt, bos: number | null): number[] {
  const last = inputIds[inputIds.length - 1] as number;
  return spliceIndex[spliceIndex.length - 1] === TEXT_TOKEN && last !== bos ? [last] : [];
}

/** Streams the continuation of `prompt`. The cache is freed when the stream ends, fails or is left. */
export async function* generateTokens(
  decoder: RunnableDecoder,
  tokenizer: TextTokenizer,
  prompt: AssembledPrompt,
  options: SamplingOptions & RunOptions,
): AsyncGenerator<GeneratedToken, void, undefined> {
  const { signal } = options;
  const sampling = resolveSampling(options);
  const { specialTokens, maxPositions } = decoder.handle.config;
  const limit = Math.min(sampling.maxNewTokens, maxPositions - prompt.inputIds.length);
  const random = new Random(sampling.seed);
  const stream = tokenizer.stream(streamContext(prompt, specialTokens.bos));
  const filter = new StopTextFilter(sampling.stop);
  throwIfAborted(signal, 'generate');
  const run = await DecoderRun.start(decoder);
  try {
    let [logits] = await run.append({ ...prompt, signal });
    for (let count = 1; ; count++) {
      const { id, logProbability } = chooseToken(logits as Float32Array, sampling, random);
      const isEnd = specialTokens.eos.includes(id);
      const { text, stopped } = filter.push(isEnd ? '' : stream.push(id));
      const isLast = isEnd || stopped || count === limit;
      yield { id, text: isLast && !stopped ? text + filter.flush() : text, logProbability };
      if (isLast) return;
      throwIfAborted(signal, 'generate');
      [logits] = await run.append({ inputIds: [id], signal });
    }
  } finally {
    await run.dispose();
  }
}

import { mean } from '../statistics';

const thinkBlock = /<think>.*?<\/think>/gs;

/** Lower-case words of a response without its think block. */
function wordsOf(response: string): readonly string[] {
  const words = response.replace(thinkBlock, '').trim().toLowerCase().split(/\s+/);
  return words[0] === '' ? [] : words;
}

function ngramsOf(response: string, size: number): readonly string[] {
  const words = wordsOf(response);
  return words.slice(size - 1).map((_, start) => words.slice(start, start + size).join(' '));
}

const distinctShare = (ngrams: readonly string[]) => (ngrams.length === 0 ? 0 : new Set(ngrams).size / ngrams.length);

/**
 * Dist-n as published: the share of different n-grams *within* each response, averaged over the responses that have any.
 * In [0, 1]. Short responses hardly repeat a word, so it is near 1 however alike the responses are.
 * @see Nano-EmoX released code, scores of AvaMERG
 */
export function distinctPerResponse(responses: readonly string[], size: number): number {
  const ngrams = responses.map((response) => ngramsOf(response, size)).filter(({ length }) => length > 0);
  return mean(ngrams.map(distinctShare));
}

/**
 * Dist-n over all responses together, in [0, 1]: what shows whether a model says the same to everybody.
 * @see Li et al., A Diversity-Promoting Objective Function for Neural Conversation Models (2016)
 */
export function distinctOfCorpus(responses: readonly string[], size: number): number {
  return distinctShare(responses.flatMap((response) => ngramsOf(response, size)));
}

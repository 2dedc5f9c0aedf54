import { InvalidArgumentError, MissingModalityError, type PromptSegment } from '@nano-emox/tensor-contract';
import type { TextTokenizer } from '../tokenizer/text-tokenizer';
import { softTokenLayout, type TokenCounts } from './soft-token-layout';

/** Id that stands where a soft token goes; its embedding is replaced. */
export const PLACEHOLDER_ID = 0;
/** Splice index of a text token. */
export const TEXT_TOKEN = -1;

/** Tokens of a text with places for soft tokens. */
export interface TokenSequence {
  readonly inputIds: number[];
  /** Row among the joined soft tokens of this sample (`softTokenLayout`), −1 for text. */
  readonly spliceIndex: number[];
}

/**
 * Tokens of a prompt: `bos` first, then text and, for each modality, as many places as it has soft tokens. Neighbouring text
 * segments are one text to the tokenizer, so how a prompt is cut into segments does not matter.
 * @throws MissingModalityError when the prompt has a place for a modality without soft tokens
 * @throws InvalidArgumentError when a modality occurs twice
 */
export function tokenizePrompt(
  tokenizer: TextTokenizer,
  prompt: readonly PromptSegment[],
  tokenCounts: TokenCounts,
  bos: number | null,
): TokenSequence {
  const { offsets } = softTokenLayout(tokenCounts);
  const inputIds: number[] = bos === null ? [] : [bos];
  const spliceIndex: number[] = inputIds.map(() => TEXT_TOKEN);
  const append = (ids: readonly number[], firstRow?: number) => {
    ids.forEach((id, index) => {
      inputIds.push(id);
      spliceIndex.push(firstRow === undefined ? TEXT_TOKEN : firstRow + index);
    });
  };
  const used = new Set<string>();
  for (const segment of joinTexts(prompt)) {
    if ('text' in segment) {
      append(tokenizer.encode(segment.text));
      continue;
    }
    const { modality } = segment;
    const [count, firstRow] = [tokenCounts[modality], offsets.get(modality)];
    if (count === undefined || firstRow === undefined) {
      throw new MissingModalityError({
        message: `the prompt has a place for ${modality}, but there are no soft tokens of it`,
        hint: `Give soft tokens of ${modality}, or a prompt without it. Present: ${[...offsets.keys()].join(', ') || 'none'}.`,
        modality,
      });
    }
    if (used.has(modality)) {
      throw new InvalidArgumentError({
        message: `the prompt has two places for ${modality}`,
        hint: 'Soft tokens of a modality are spliced once.',
        argument: 'prompt',
      });
    }
    used.add(modality);
    append(new Array<number>(count).fill(PLACEHOLDER_ID), firstRow);
  }
  return { inputIds, spliceIndex };
}

function joinTexts(prompt: readonly PromptSegment[]): PromptSegment[] {
  const joined: PromptSegment[] = [];
  for (const segment of prompt) {
    const last = joined[joined.length - 1];
    if ('text' in segment && last && 'text' in last) joined[joined.length - 1] = { text: last.text + segment.text };
    else joined.push(segment);
  }
  return joined;
}

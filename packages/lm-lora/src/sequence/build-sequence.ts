import { IGNORED_LABEL } from '@nano-emox/engine';
import { InvalidArgumentError, type PromptSegment } from '@nano-emox/tensor-contract';
import type { SpecialTokens } from '../config/decoder-config';
import type { TextTokenizer } from '../tokenizer/text-tokenizer';
import type { TokenCounts } from './soft-token-layout';
import { TEXT_TOKEN, type TokenSequence, tokenizePrompt } from './tokenize-prompt';

/** A sequence with what the model should predict. */
export interface LabelledSequence extends TokenSequence {
  /** The token itself where it is supervised, −100 elsewhere; the loss shifts. */
  readonly labels: number[];
}

export interface SequenceOptions {
  readonly tokenCounts: TokenCounts;
  readonly specialTokens: SpecialTokens;
  /** Longest sequence allowed. */
  readonly maxTokens?: number;
}

/**
 * A training sequence: `[bos] prompt answer [eos]`, prompt and answer tokenised apart. The answer and the end are supervised;
 * `answer` includes the text that closes it, e.g. `###`.
 * @throws MissingModalityError, InvalidArgumentError (a modality twice, or more than `maxTokens`)
 * @see Nano-EmoX, sequence construction of the released training code
 */
export function buildSequence(
  tokenizer: TextTokenizer,
  prompt: readonly PromptSegment[],
  answer: string,
  { tokenCounts, specialTokens, maxTokens = Number.POSITIVE_INFINITY }: SequenceOptions,
): LabelledSequence {
  const { inputIds, spliceIndex } = tokenizePrompt(tokenizer, prompt, tokenCounts, specialTokens.bos);
  const labels = inputIds.map(() => IGNORED_LABEL);
  const target = [...tokenizer.encode(answer), ...specialTokens.eos.slice(0, 1)];
  inputIds.push(...target);
  spliceIndex.push(...target.map(() => TEXT_TOKEN));
  labels.push(...target);
  if (inputIds.length > maxTokens) {
    throw new InvalidArgumentError({
      message: `buildSequence: prompt and answer have ${inputIds.length} tokens, at most ${maxTokens} are allowed`,
      hint: 'Shorten the text, or allow more tokens.',
      argument: 'prompt',
    });
  }
  return { inputIds, spliceIndex, labels };
}

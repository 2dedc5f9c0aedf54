import {
  bindAxes,
  type FloatTensor,
  f32,
  floatTensor,
  InvalidArgumentError,
  type Modality,
  type PromptSegment,
  type SoftTokens,
} from '@nano-emox/tensor-contract';
import type { DecoderConfig } from '../config/decoder-config';
import { modalityOrder, softTokenLayout } from '../sequence/soft-token-layout';
import { promptKinds } from '../sequence/token-kinds';
import { type TokenSequence, tokenizePrompt } from '../sequence/tokenize-prompt';
import type { TextTokenizer } from '../tokenizer/text-tokenizer';

/** A prompt as the decoder reads it. */
export interface AssembledPrompt extends TokenSequence {
  /** `[1, soft, hidden]`, the modalities joined in `modalityOrder`. */
  readonly softTokens: FloatTensor;
  /** `tokenKinds` of each token. */
  readonly kinds: readonly number[];
}

/**
 * Tokens and soft tokens of a prompt, checked.
 * @throws MissingModalityError, ShapeMismatchError, DataTypeMismatchError
 * @throws InvalidArgumentError when a modality is given twice, or the prompt is empty or leaves no room for an answer
 */
export function assemblePrompt(
  tokenizer: TextTokenizer,
  config: DecoderConfig,
  prompt: readonly PromptSegment[],
  softTokens: readonly SoftTokens[],
): AssembledPrompt {
  const byModality = groupByModality(softTokens, config.hidden);
  const counts = Object.fromEntries([...byModality].map(([modality, { dims }]) => [modality, dims[1] as number]));
  const sequence = tokenizePrompt(tokenizer, prompt, counts, config.specialTokens.bos);
  const { length } = sequence.inputIds;
  if (length === 0 || length >= config.maxPositions) {
    throw new InvalidArgumentError({
      message: `the prompt has ${length} tokens, soft tokens included`,
      hint: `Give at least 1 and at most ${config.maxPositions - 1}: the model has ${config.maxPositions} positions for prompt and answer.`,
      argument: 'prompt',
    });
  }
  const { offsets, rows } = softTokenLayout(counts);
  const joined = new Float32Array(rows * config.hidden);
  for (const [modality, { data }] of byModality) joined.set(data, (offsets.get(modality) as number) * config.hidden);
  const kinds = promptKinds(sequence.spliceIndex, counts);
  return { ...sequence, softTokens: floatTensor(joined, [1, rows, config.hidden]), kinds };
}

function groupByModality(softTokens: readonly SoftTokens[], hidden: number): Map<Modality, FloatTensor> {
  const byModality = new Map<Modality, FloatTensor>();
  for (const { modality, embeddings } of softTokens) {
    bindAxes(embeddings, f32(1, 'tokens', hidden), 'CausalLanguageModel', `soft tokens of ${modality}`);
    if (byModality.has(modality) || !modalityOrder.includes(modality)) {
      throw new InvalidArgumentError({
        message: `soft tokens of ${modality} are given twice or are of no known modality`,
        hint: `Give each of ${modalityOrder.join(', ')} at most once.`,
        argument: 'softTokens',
      });
    }
    byModality.set(modality, embeddings);
  }
  return byModality;
}

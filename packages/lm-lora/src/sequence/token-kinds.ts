import { IGNORED_LABEL, tokenKinds } from '@nano-emox/engine';
import type { HostTensor } from '@nano-emox/tensor-contract';
import type { LabelledSequence } from './build-sequence';
import { softTokenLayout, type TokenCounts } from './soft-token-layout';
import { TEXT_TOKEN } from './tokenize-prompt';

/** `tokenKinds` of the tokens of a prompt: text, and each soft token by the modality its row belongs to. */
export function promptKinds(spliceIndex: readonly number[], tokenCounts: TokenCounts): number[] {
  const { offsets } = softTokenLayout(tokenCounts);
  const modalities = [...offsets].reverse(); // the last that begins at or before a row
  return spliceIndex.map((row) => {
    if (row === TEXT_TOKEN) return tokenKinds.text;
    const [modality] = modalities.find(([, first]) => first <= row) as (typeof modalities)[number];
    return tokenKinds[modality];
  });
}

/**
 * Input `kinds` of a decoder with an attention extension, for a batch of {@link collateSequences}. The prompt ends where the first
 * token is supervised: everything from there on is answer, soft tokens of later turns too, because what an extension reads as a
 * whole must not tell a token what comes after it.
 */
export function collateKinds(sequences: readonly LabelledSequence[], tokenCounts: TokenCounts): HostTensor<'int64'> {
  const time = Math.max(0, ...sequences.map(({ inputIds }) => inputIds.length));
  const data = new BigInt64Array(sequences.length * time).fill(BigInt(tokenKinds.padding));
  sequences.forEach(({ labels, spliceIndex }, sample) => {
    const firstLabel = labels.findIndex((label) => label !== IGNORED_LABEL);
    const promptLength = firstLabel < 0 ? labels.length : firstLabel;
    promptKinds(spliceIndex, tokenCounts).forEach((kind, column) => {
      data[sample * time + column] = BigInt(column < promptLength ? kind : tokenKinds.answer);
    });
  });
  return { type: 'int64', dims: [sequences.length, time], data };
}

import { IGNORED_LABEL } from '@nano-emox/engine';
import type { HostTensor } from '@nano-emox/tensor-contract';
import type { LabelledSequence } from './build-sequence';
import { PLACEHOLDER_ID, TEXT_TOKEN } from './tokenize-prompt';

/** A batch for `decoderModule` and `languageModelingLoss`; every tensor is `[batch, time]`. */
export interface SequenceBatch {
  readonly inputIds: HostTensor<'int64'>;
  /** 1 = keep. */
  readonly attentionMask: HostTensor<'bool'>;
  /** Row of the batch's soft tokens with batch and soft joined. */
  readonly spliceIndex: HostTensor<'int64'>;
  readonly labels: HostTensor<'int64'>;
}

/**
 * Sequences padded on the right to the longest.
 * @param softRows soft tokens per sample (`softTokenLayout(…).rows`), the size of the second axis of `softTokens`
 */
export function collateSequences(sequences: readonly LabelledSequence[], softRows: number): SequenceBatch {
  const time = Math.max(0, ...sequences.map(({ inputIds }) => inputIds.length));
  const dims = [sequences.length, time];
  const filled = (value: number): HostTensor<'int64'> => ({
    type: 'int64',
    dims,
    data: new BigInt64Array(sequences.length * time).fill(BigInt(value)),
  });
  const [inputIds, spliceIndex, labels] = [filled(PLACEHOLDER_ID), filled(TEXT_TOKEN), filled(IGNORED_LABEL)];
  const mask = new Uint8Array(sequences.length * time);
  sequences.forEach((sequence, sample) => {
    sequence.inputIds.forEach((id, column) => {
      const at = sample * time + column;
      const row = sequence.spliceIndex[column] as number;
      inputIds.data[at] = BigInt(id);
      labels.data[at] = BigInt(sequence.labels[column] as number);
      if (row !== TEXT_TOKEN) spliceIndex.data[at] = BigInt(sample * softRows + row);
      mask[at] = 1;
    });
  });
  return { inputIds, attentionMask: { type: 'bool', dims, data: mask }, spliceIndex, labels };
}

import {
  type AttentionExtension,
  type Dim,
  defineModule,
  range,
  type Specs,
  type Value,
  type WeightScope,
} from '@nano-emox/engine';
import { bool, f32, i64 } from '@nano-emox/tensor-contract';
import type { DecoderConfig } from '../config/decoder-config';
import { paddedCausalBias, tokenPositions } from './attention-bias';
import { type Decoded, decode, embedTokens, languageModelHead, type TokenInputs } from './decoder';
import { layerAttention } from './layer-attention';
import { rotationAt } from './rotary';

/** Whole sequences, possibly padded. */
export interface SequenceInputs extends TokenInputs {
  /** bool `[batch, time]`, true = keep. */
  readonly attentionMask: Value;
  /** int64 `[batch, time]`, `tokenKinds`; read where the configuration has an attention extension. */
  readonly kinds?: Value;
}

/**
 * Everything below the output layer, over whole sequences: what a training graph starts from that computes logits only where
 * there is a label. `extension` serves a configuration with `attention`; others ignore it.
 * @throws InvalidConfigError when the configuration wants another extension
 */
export function decodeSequences(
  inputs: SequenceInputs,
  weights: WeightScope,
  config: DecoderConfig,
  extension?: AttentionExtension,
): Decoded {
  const [, time] = inputs.inputIds.shape as [Dim, Dim];
  const { kinds } = inputs as Required<SequenceInputs>;
  // Plain attention sees differences of positions only; an extension that mixes the features of a key sees where padding shifts it.
  const positions = config.attention ? tokenPositions(inputs.attentionMask) : range(0, time);
  const context = {
    rotation: rotationAt(positions, config),
    bias: paddedCausalBias(inputs.attentionMask),
    attend: layerAttention(config, extension, weights, () => ({ kinds, keyKinds: kinds })),
  };
  return decode(embedTokens(inputs, weights, config), weights, config, context);
}

/** Buffers of old checkpoints, and the copy of the embedding table that some with a tied head carry. */
export const isRedundantWeight = (name: string, { tiedHead }: DecoderConfig): boolean =>
  name.endsWith('rotary_emb.inv_freq') || (tiedHead && name === 'lm_head.weight');

const sequenceSpecs = {
  /** Any valid id, by convention 0, where a soft token stands or the row is padding. */
  inputIds: i64('batch', 'time'),
  /** true = keep. */
  attentionMask: bool('batch', 'time'),
  /** Row of `softTokens` with batch and soft joined (`sample · soft + row`), −1 for text. */
  spliceIndex: i64('batch', 'time'),
  softTokens: f32('batch', 'soft', 'hidden'),
};
type SequenceInput = keyof typeof sequenceSpecs;

/**
 * The decoder over whole sequences with an attention extension, for configurations that have one: as {@link decoderModule}, and
 * such a configuration adds the input `kinds` int64 `[batch, time]` (`tokenKinds`).
 */
export const decoderModuleWith = (extension: AttentionExtension | undefined) =>
  defineModule({
    name: 'Decoder',
    inputs: (config: DecoderConfig): Specs<SequenceInput> => ({
      ...sequenceSpecs,
      ...(config.attention && { kinds: i64('batch', 'time') }),
    }),
    outputs: () => ({
      logits: f32('batch', 'time', 'vocabSize'),
      /** After the final norm. */
      hiddenStates: f32('batch', 'time', 'hidden'),
    }),
    forward(inputs, weights, config) {
      const hiddenStates = decodeSequences(inputs, weights, config, extension).hidden; // [batch, time, hidden]
      return { logits: languageModelHead(hiddenStates, weights, config), hiddenStates };
    },
    ignores: isRedundantWeight,
  });

/**
 * The decoder over whole sequences, for training and teacher forcing. Padding may stand on either side.
 * @see Qwen2 technical report (arXiv 2407.10671); names as in Hugging Face `Qwen2ForCausalLM` and `LlamaForCausalLM`
 */
export const decoderModule = decoderModuleWith(undefined);

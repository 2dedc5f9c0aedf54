import {
  type AttentionExtension,
  type AttentionParts,
  type AttentionReading,
  attentionScores,
  plainAttention,
  type Value,
  type WeightScope,
} from '@nano-emox/engine';
import { f32 } from '@nano-emox/tensor-contract';
import { alignAsInCode, alignAsInPaper } from './align-keys';
import { DUPLEX_ATTENTION, type DuplexAttentionConfig, resolveDuplexConfig } from './config';
import { modularWeights } from './modular-mask';

/** Root of the weight names: `duplex_attention.layers.N.…`. */
export const WEIGHT_ROOT = 'duplex_attention';

/** Whether a weight belongs to the duplex attention of a decoder, wherever the decoder stands. */
export const isDuplexWeight = (name: string): boolean => /(^|\.)duplex_attention\.layers\.\d+\./.test(name);

function alignKeys(
  { key, value, kinds, carried }: AttentionParts,
  weights: WeightScope,
  config: DuplexAttentionConfig,
) {
  if (!config.aligners) return { key };
  if (config.variant === 'code') return { key: alignAsInCode({ key, value, kinds }, weights, config) };
  const { visualGram, ...aligned } = alignAsInPaper({ key, value, kinds }, weights, config, carried?.visualGram);
  return { ...aligned, carried: { visualGram } };
}

function attend(parts: AttentionParts, root: WeightScope, config: DuplexAttentionConfig): AttentionReading {
  const weights = root.scope(WEIGHT_ROOT, 'layers', parts.layer);
  const { key, ...kept } = alignKeys(parts, weights, config);
  // Aligned keys go where plain ones would: into the cache, where later tokens find them.
  const plain = plainAttention({ ...parts, key });
  if (!config.mask) return { ...plain, ...kept };
  const scores: Value = attentionScores(parts.query, plain.key, { bias: parts.bias });
  return { ...plain, ...kept, weights: modularWeights(scores, parts, weights, config) };
}

/**
 * Modular duplex attention for decoders that take an {@link AttentionExtension}. Fresh weights change nothing. Tokens of the
 * answer never act on what stands before them, and a cached run computes what a whole one does, as long as the prompt is read in
 * one run.
 * @example
 * const model = await CausalLanguageModel.create({ ...sizes, attention: presets.paper }, { tokenizer, attention: duplexAttention });
 * @see MODA (arXiv 2507.04635)
 */
export const duplexAttention: AttentionExtension = {
  type: DUPLEX_ATTENTION,
  resolveConfig: (config) => resolveDuplexConfig(config),
  carried: (config) => {
    const { aligners, variant } = resolveDuplexConfig(config);
    return aligners && variant === 'paper' ? { visualGram: f32('batch', 'keyHeads', 'headDim', 'headDim') } : {};
  },
  attend: (parts, weights, config) => attend(parts, weights, resolveDuplexConfig(config)),
};

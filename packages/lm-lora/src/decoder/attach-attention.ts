import { type AttentionConfig, type AttentionExtension, initializeWeights, traceModule } from '@nano-emox/engine';
import type { DecoderWeights } from '../lora/lora-weights';
import { decoderModuleWith } from './decoder-module';
import { resolveExtendedConfig } from './layer-attention';

/**
 * Gives a decoder another attention, with fresh weights for it; those it had are shared, not copied.
 * @throws InvalidConfigError
 */
export function attachAttention(
  { config, weights }: DecoderWeights,
  attention: AttentionConfig,
  extension: AttentionExtension,
  seed = 0,
): DecoderWeights {
  const extended = resolveExtendedConfig({ ...config, attention }, extension);
  const graph = traceModule(decoderModuleWith(extension), extended);
  const added = new Map([...graph.parameters].filter(([name]) => !weights.has(name)));
  return {
    config: extended,
    weights: new Map([...weights, ...initializeWeights({ ...graph, parameters: added }, seed)]),
  };
}

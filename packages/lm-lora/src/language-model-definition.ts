import type { AttentionExtension } from '@nano-emox/engine';
import type { ComponentDefinition } from '@nano-emox/engine/runtime';
import type { DecoderConfig } from './config/decoder-config';
import { decoderModuleWith } from './decoder/decoder-module';
import { cacheFeedback, generationModuleWith } from './decoder/generation-module';
import { resolveExtendedConfig } from './decoder/layer-attention';
import { mergeLora } from './lora/lora-weights';

const TYPE = 'language-model';

/** As {@link decoderDefinition}, for configurations with an attention extension too. */
export const decoderDefinitionWith = (extension: AttentionExtension | undefined) =>
  ({
    type: TYPE,
    module: decoderModuleWith(extension),
    resolveConfig: (config: Partial<DecoderConfig>) => resolveExtendedConfig(config, extension),
  }) satisfies ComponentDefinition<DecoderConfig, string, string>;

/** As {@link generationDefinition}, for configurations with an attention extension too. */
export const generationDefinitionWith = (extension: AttentionExtension | undefined) =>
  ({
    type: TYPE,
    module: generationModuleWith(extension),
    resolveConfig: (config: Partial<DecoderConfig>) => resolveExtendedConfig(config, extension),
    feedback: (config: DecoderConfig) => cacheFeedback(config, extension),
    merged: mergeLora,
  }) satisfies ComponentDefinition<DecoderConfig, string, string>;

/** The decoder as a trainer sees it: whole sequences in, logits out. Same configuration and weights as generation. */
export const decoderDefinition = decoderDefinitionWith(undefined);

/** The decoder as `CausalLanguageModel` runs it: with a key-value cache that stays in the runtime. */
export const generationDefinition = generationDefinitionWith(undefined);

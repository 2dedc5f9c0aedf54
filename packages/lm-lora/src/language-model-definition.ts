import type { ComponentDefinition } from '@nano-emox/engine/runtime';
import { type DecoderConfig, resolveDecoderConfig } from './config/decoder-config';
import { decoderModule } from './decoder/decoder-module';
import { cacheFeedback, generationModule } from './decoder/generation-module';

const TYPE = 'language-model';

/** The decoder as a trainer sees it: whole sequences in, logits out. Same configuration and weights as generation. */
export const decoderDefinition = {
  type: TYPE,
  module: decoderModule,
  resolveConfig: resolveDecoderConfig,
} satisfies ComponentDefinition<DecoderConfig, string, string>;

/** The decoder as `CausalLanguageModel` runs it: with a key-value cache that stays in the runtime. */
export const generationDefinition = {
  type: TYPE,
  module: generationModule,
  resolveConfig: resolveDecoderConfig,
  feedback: cacheFeedback,
} satisfies ComponentDefinition<DecoderConfig, string, string>;

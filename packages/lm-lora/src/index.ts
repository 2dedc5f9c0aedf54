export {
  type DecoderConfig,
  type DecoderConfigInput,
  presets,
  resolveDecoderConfig,
  type SpecialTokens,
} from './config/decoder-config';
export { type LoraConfig, type LoraTarget, loraTargets } from './config/lora-config';
export { type Decoded, decode, embedTokens, languageModelHead, type TokenInputs } from './decoder/decoder';
export type { KeyValues, LayerContext } from './decoder/decoder-layer';
export { decoderModule } from './decoder/decoder-module';
export { cacheFeedback, generationModule } from './decoder/generation-module';
export { languageModelingLoss } from './training/language-modeling-loss';

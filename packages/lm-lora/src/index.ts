export { CausalLanguageModel, type LanguageModelOptions } from './causal-language-model';
export {
  type DecoderConfig,
  type DecoderConfigInput,
  presets,
  resolveDecoderConfig,
  type SpecialTokens,
} from './config/decoder-config';
export { type LoraConfig, type LoraTarget, loraTargets } from './config/lora-config';
export { type Decoded, languageModelHead, type TokenInputs } from './decoder/decoder';
export type { KeyValues } from './decoder/decoder-layer';
export { decoderModule, decodeSequences, type SequenceInputs } from './decoder/decoder-module';
export { cacheFeedback, generationModule } from './decoder/generation-module';
export type { Score } from './generation/score';
export { decoderDefinition, generationDefinition } from './language-model-definition';
export { peftAdapterNames, peftNames, publishedNames } from './lora/foreign-names';
export { attachLora, type DecoderWeights, isLoraWeight, loraWeights, mergeLora } from './lora/lora-weights';
export { buildSequence, type LabelledSequence, type SequenceOptions } from './sequence/build-sequence';
export { collateSequences, type SequenceBatch } from './sequence/collate-sequences';
export { modalityOrder, softTokenLayout, type TokenCounts } from './sequence/soft-token-layout';
export { PLACEHOLDER_ID, TEXT_TOKEN, type TokenSequence, tokenizePrompt } from './sequence/tokenize-prompt';
export type { TextStream } from './tokenizer/text-stream';
export { TextTokenizer, type TokenizerJson } from './tokenizer/text-tokenizer';
export { languageModelingLoss } from './training/language-modeling-loss';

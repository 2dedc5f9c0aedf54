export {
  CausalLanguageModel,
  type LanguageCheckpointOptions,
  type LanguageModelOptions,
  type LoadLanguageModelOptions,
} from './causal-language-model';
export { type ChatMessage, ChatTemplate, type RenderChatOptions } from './chat/chat-template';
export { CHAT_TEMPLATE_FILE } from './chat/chat-template-file';
export {
  type LanguageCheckpoint,
  type OpenLanguageCheckpoint,
  openLanguageCheckpoint,
  type ReadLanguageCheckpointOptions,
  readLanguageCheckpoint,
} from './checkpoint/read-language-checkpoint';
export {
  type DecoderConfig,
  type DecoderConfigInput,
  presets,
  resolveDecoderConfig,
  type SpecialTokens,
} from './config/decoder-config';
export { type LoraConfig, type LoraTarget, loraTargets } from './config/lora-config';
export { attachAttention } from './decoder/attach-attention';
export { type Decoded, languageModelHead, type TokenInputs } from './decoder/decoder';
export type { KeyValues } from './decoder/decoder-layer';
export { decoderModule, decoderModuleWith, decodeSequences, type SequenceInputs } from './decoder/decoder-module';
export { cacheFeedback, emptyCache, generationModule, generationModuleWith } from './decoder/generation-module';
export { resolveExtendedConfig } from './decoder/layer-attention';
export { type ReadCarriedOptions, readCarried } from './generation/read-carried';
export type { Score } from './generation/score';
export {
  decoderDefinition,
  decoderDefinitionWith,
  generationDefinition,
  generationDefinitionWith,
} from './language-model-definition';
export { peftAdapterNames, peftNames, publishedNames } from './lora/foreign-names';
export { attachLora, type DecoderWeights, isLoraWeight, loraWeights, mergeLora } from './lora/lora-weights';
export { buildSequence, type LabelledSequence, type SequenceOptions } from './sequence/build-sequence';
export { collateSequences, type SequenceBatch } from './sequence/collate-sequences';
export { modalityOrder, softTokenLayout, type TokenCounts } from './sequence/soft-token-layout';
export { collateKinds, promptKinds } from './sequence/token-kinds';
export { PLACEHOLDER_ID, TEXT_TOKEN, type TokenSequence, tokenizePrompt } from './sequence/tokenize-prompt';
export type { TextStream } from './tokenizer/text-stream';
export { TextTokenizer, type TokenizerJson } from './tokenizer/text-tokenizer';
export { languageModelingLoss } from './training/language-modeling-loss';

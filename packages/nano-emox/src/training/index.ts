/** The attention extension that the language model of a whole model may have: loaders of its weights pass it on. */
export { duplexAttention, isDuplexWeight } from '@nano-emox/duplex-attention';
export { changeModelConfig, type ModelChanges } from '../model-changes';
export { availableMode } from './available-mode';
export { type ClipFeatures, collateEmotionBatch, type EmotionSample, supervisedRows } from './collate-emotion-batch';
export { emotionNetwork, softTokenCounts, weightRoots } from './emotion-network';

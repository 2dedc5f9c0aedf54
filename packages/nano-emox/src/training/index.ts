export { changeModelConfig, type ModelChanges } from '../model-changes';
export { availableMode } from './available-mode';
export { type ClipFeatures, collateEmotionBatch, type EmotionSample, supervisedRows } from './collate-emotion-batch';
export { emotionNetwork, softTokenCounts, weightRoots } from './emotion-network';

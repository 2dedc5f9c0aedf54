export type { BestSoFar, Validation } from './best-weights';
export { type Checkpoint, fingerprintOf, readCheckpoint, writeCheckpoint } from './checkpoint';
export {
  type Curriculum,
  type CurriculumScale,
  type Mixtures,
  type PhaseName,
  p2eCurriculum,
  paperMixtures,
  paperScale,
  phaseNames,
} from './curriculum';
export { contentHashOf } from './features/content-hash';
export {
  FeatureCache,
  type FeatureCacheOptions,
  type FeatureCacheStats,
  type PrefetchEvent,
  type PrefetchOptions,
} from './features/feature-cache';
export type { Features } from './features/feature-file';
export { producerOf } from './features/producer';
export { groupOfParameter, type LearningRate, type Phase, type TrainableRule, validatePhase } from './phase';
export { type DataSet, MixtureSampler, type SamplerPosition } from './sampler';
export { type TrainCurriculumOptions, trainCurriculum } from './train-curriculum';
export {
  type PhaseResult,
  type TrainableModel,
  type TrainingEvent,
  type TrainPhaseOptions,
  trainPhase,
} from './train-phase';

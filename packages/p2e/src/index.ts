export { type Ablation, ablations, type ModelChanges } from './ablations';
export type { Validation } from './best-weights';
export {
  type Curriculum,
  type CurriculumName,
  type CurriculumPreset,
  type CurriculumScale,
  curricula,
  jointCurriculum,
  type Mixtures,
  type PhaseName,
  p2eCurriculum,
  phaseNames,
  releasedCurriculum,
  reverseCurriculum,
} from './curriculum';
export type { Deviations } from './deviations';
export type {
  BatchEndEvent,
  CheckpointDamagedEvent,
  CheckpointEndEvent,
  PhaseEndEvent,
  PhaseStartEvent,
  StepEndEvent,
  TrainingEvent,
  ValidationEndEvent,
} from './events';
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
export { mixtureByTask, paperTaskRatio, taskSetName } from './mixture-by-task';
export { paperMixtures, paperScale, releasedMixtures } from './paper-settings';
export { groupOfParameter, type LearningRate, type Phase, type TrainableRule, validatePhase } from './phase';
export {
  type ComparedMetric,
  type ComparedRun,
  type ComparisonRow,
  type ComparisonTable,
  comparisonHtml,
  comparisonMarkdown,
  comparisonTable,
  comparisonText,
} from './run/comparison-table';
export { type PlannedPhase, type Progress, progressOf } from './run/progress';
export { RunConfigMismatchError } from './run/run-config';
export { TrainingRun, type TrainingRunOptions } from './run/training-run';
export type { DataSet } from './sampler';
export { type TrainCurriculumOptions, trainCurriculum } from './train-curriculum';
export {
  type PhaseResult,
  type TrainableModel,
  type TrainPhaseOptions,
  trainPhase,
} from './train-phase';

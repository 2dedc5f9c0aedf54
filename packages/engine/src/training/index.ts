export { gradientsOf, prepareForDifferentiation } from '../autodiff/differentiate';
export { type AdamWOptions, adamWDefaults, adamWScalars } from '../optimizers/adamw';
export { type Schedule, type WarmupCosineOptions, warmupCosine } from '../optimizers/schedule';
export { type BatchStatisticsGraph, measureBatchStatistics, withBatchStatistics } from './batch-statistics';
export {
  buildTrainingGraph,
  decaysByDefault,
  type ParameterGroup,
  type TrainingGraph,
  type TrainingGraphOptions,
} from './training-graph';
export {
  type StepOptions,
  type StepResult,
  TrainingSession,
  type TrainingSessionOptions,
  type TrainingState,
} from './training-session';

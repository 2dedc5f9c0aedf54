export { gradientsOf, prepareForDifferentiation } from '../autodiff/differentiate';
export { type AdamWOptions, adamWDefaults, adamWScalars } from '../optimizers/adamw';
export { type Schedule, type WarmupCosineOptions, warmupCosine } from '../optimizers/schedule';
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

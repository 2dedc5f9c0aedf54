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

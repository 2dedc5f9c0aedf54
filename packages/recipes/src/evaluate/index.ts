export * from '../scores';
export {
  type CorpusEvaluation,
  type CorpusEvaluationEvent,
  type EvaluateCorpusOptions,
  evaluateOnCorpus,
} from './evaluate-corpus';
export {
  type EvaluateTinyOptions,
  type EvaluationEvent,
  evaluateTiny,
  type TinyMeasurement,
  type TinyScores,
  tinyMeasurements,
} from './evaluate-tiny';
export { type FeatureReader, openFeatureReader } from './feature-reader';
export {
  evaluateByGroup,
  type GroupedProtocolOptions,
  type GroupedSamples,
  type GroupedScore,
  type GroupSplit,
  groupFolds,
  leaveOneGroupOut,
} from './grouped-protocol';
export { type LinearProbe, type LinearProbeOptions, type ProbeSamples, trainLinearProbe } from './linear-probe';
export { type PredictAnswersOptions, type PredictionEvent, predictAnswers } from './predict-answers';
export { textSource } from './text-source';

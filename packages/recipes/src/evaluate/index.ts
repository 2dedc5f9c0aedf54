export {
  type AnswerCounts,
  type EvaluatePredictionsOptions,
  type EvaluationReport,
  evaluatePredictions,
  perceptionTasks,
  type TaskEvaluation,
} from './evaluate-predictions';
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
export { type MatchedPredictions, matchPredictions } from './match-predictions';
export { type PredictAnswersOptions, type PredictionEvent, predictAnswers } from './predict-answers';
export { goldValueOf, type PredictedAnswer, type UnansweredReason } from './predicted-answer';
export { type Prediction, readPredictions } from './read-predictions';
export { evaluationText, scoresMarkdown, scoresText } from './report-text';
export type { Provenance, Score } from './score';
export { textSource } from './text-source';

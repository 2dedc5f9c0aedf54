/**
 * Scores of predictions, without a model and without a runtime: what `@nano-emox/recipes` holds for those who only measure.
 * @module @nano-emox/recipes/scores
 */
export {
  type DataSetPlace,
  type EvaluateFileOptions,
  evaluatePredictionsFile,
  type FileEvaluation,
} from './evaluate/evaluate-file';
export {
  type AnswerCounts,
  type EvaluatePredictionsOptions,
  type EvaluationReport,
  evaluatePredictions,
  perceptionTasks,
  type TaskEvaluation,
} from './evaluate/evaluate-predictions';
export { type MatchedPredictions, matchPredictions } from './evaluate/match-predictions';
export { goldValueOf, type PredictedAnswer, type UnansweredReason } from './evaluate/predicted-answer';
export { type Prediction, readPredictions } from './evaluate/read-predictions';
export { evaluationText, scoresMarkdown, scoresText } from './evaluate/report-text';
export type { Provenance, Score } from './evaluate/score';
export { DESCRIPTION_FILE, namedCorpus } from './sources/named-corpus';

export type { AnswerGrammar, AnswerOptions, Reading } from './answer/answer-grammar';
export { formatAnswer, formatTarget, type ParseOptions, parseAnswer } from './answer/answers';
export { answerSpan, type StopRule } from './answer/clean-answer';
export type {
  AnswerOutcome,
  ParsedAnswer,
  TextSpan,
  UnparsedAnswer,
  UnparsedReason,
  ValueField,
  ValueSpan,
} from './answer/outcome';
export {
  type CandidateProbability,
  type CandidateScore,
  candidateDistribution,
  type DistributionOptions,
  mostLikely,
} from './confidence/candidate-distribution';
export { type CandidateTarget, candidateTargets } from './confidence/candidate-targets';
export { type GeneratedOutcome, readGenerated, type ScoredAnswer, type ScoredSpan } from './confidence/read-generated';
export { type ScoredToken, spanConfidence } from './confidence/span-confidence';
export { type Label, type LabelSetName, labelSets } from './labels/label-sets';
export { matchLabel } from './labels/match-label';
export { emotionValence, neutralBand, sentimentOfValence, valenceOfEmotions } from './labels/polarity';
export { buildPrompt, type PromptOptions } from './prompt/build-prompt';
export type { Dialogue, DialogueTurn } from './prompt/dialogue';
export { answerStop, controlTexts, markup, plainText } from './prompt/markup';
export {
  defaultModalityMode,
  type ModalityMode,
  type ModalityModeDefinition,
  missingModalities,
  modalityModes,
  modeForModalities,
  type PromptSlot,
} from './prompt/modality-modes';
export type {
  AffectTaskId,
  AffectTaskValues,
  AnyTaskDefinition,
  AnyTaskId,
  AnyTaskValues,
  ChainOfEmpathy,
  EmotionSetValue,
  EmotionValue,
  EmpathyValue,
  IntensityClassValue,
  IntensityValue,
  IntentValue,
  OpenVocabularyValue,
  ReasoningValue,
  SentimentValue,
  TaskDefinition,
  TaskId,
  TaskLevel,
  TaskValues,
  ValenceClassValue,
  ValenceValue,
} from './task';
export { affectTaskIds, affectTasks, allTaskIds, taskIds, taskOf, tasks } from './tasks/task-table';

export { type AskModel, type ChatEndpointOptions, chatEndpoint } from '@nano-emox/tensor-contract';
export { expectedCalibrationError } from './calibration';
export { type ClassificationScore, type ClassScore, classificationScore } from './classification';
export { distinctOfCorpus, distinctPerResponse } from './empathy/distinct';
export { ergGoldProjection, type MeadClass, meadClasses, publishedMeadClassOf } from './empathy/emotion-tables';
export {
  correctedEmpathyScore,
  type EmpathySample,
  type EmpathyScore,
  empathyScore,
  meadClass,
  projectedGold,
  publishedMeadClass,
} from './empathy/empathy-score';
export {
  type KeywordGroup,
  ownKeywordGroups,
  readEmotionByGrammar,
  readStatedEmotion,
  unknownEmotion,
} from './empathy/read-emotion';
export { type ClosedLabelSample, type HitRateScore, hitRateScore } from './hit-rate';
export { type IntentSample, type IntentScore, intentScore, lenientIntentScore } from './intent';
export { type MultiLabelSample, type MultiLabelScore, multiLabelScore } from './multi-label';
export { type OpenLabelOptions, readOpenLabels } from './open-labels';
export {
  type OpenLabelSample,
  type OpenVocabularyScore,
  openVocabularyScore,
  type WheelScore,
  type WheelScores,
} from './open-vocabulary';
export type { PredictionRow, RowValue } from './prediction-row';
export { quadraticKappa } from './quadratic-kappa';
export type { CallOptions, Judge, LabelExtractor, OverlapQuestion, Verdict } from './reasoning/judge';
export { openAiCompatibleExtractor, openAiCompatibleJudge } from './reasoning/openai-compatible';
export {
  type ReasoningOptions,
  type ReasoningSample,
  type ReasoningScore,
  reasoningScore,
} from './reasoning/reasoning-score';
export { ruleBasedJudge } from './reasoning/rule-based-judge';
export { wheelLabelExtractor } from './reasoning/wheel-label-extractor';
export type { RowCounts, ScoreOptions, ScoreReport } from './report';
export { mainMetrics, scorePredictions } from './score-predictions';
export { binarySentimentScore, type SentimentSample, type SentimentScore, signSentimentScore } from './sentiment';
export { f1Score, intersectionSize, jaccard, mean, pearson, roundToHundredths } from './statistics';
export {
  createEmotionWheels,
  type EmotionWheel,
  type EmotionWheels,
  type WheelEntry,
  type WheelTables,
} from './wheels/emotion-wheels';
export { ownEmotionWheels } from './wheels/own-wheel';
export { readEmotionWheels } from './wheels/read-emotion-wheels';
export { type MappingOptions, mappedGroups, type WheelMapper, wheelMapper } from './wheels/wheel-mapper';

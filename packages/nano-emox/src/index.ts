export { AnalysisRun } from './analysis/analysis-run';
export type { AnalyzeOptions } from './analysis/analyze';
export type { AnalyzeTextOptions, TextOutcomes } from './analysis/analyze-text';
export type { AskOptions, Question } from './analysis/ask-task';
export type { EmotionDecision } from './analysis/decide-emotion';
export type { ClipEvidence, EncodeClipOptions, EncodedClip, FaceEvidence, TimedFeatures } from './analysis/encode-clip';
export type { AnalysisEvent, AnalysisProgress, ReadClip, StageName, TaskOutcome } from './analysis/events';
export type { MeasureAttentionOptions } from './analysis/measure-attention';
export type { ResponseDelta } from './analysis/respond';
export type { AnalysisResult } from './analysis/result';
export type { EmotionMoment, TimelineOptions } from './analysis/timeline';
export { aroundLanguageModel } from './around-language-model';
export type { AssemblyParts } from './model/assemble-components';
export {
  componentFolders,
  type ModelComponents,
  type ModelOptions,
  type OptionalComponents,
  optionalFolders,
} from './model/components';
export { NanoEmoX } from './model/nano-emox';
export { partPrecision } from './model/part-precision';
export { type EmotionModelConfig, type InputConfig, presets, resolveModelConfig } from './model-config';

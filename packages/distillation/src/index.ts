export { AnswerGate, type GateInputs } from './gate/answer-gate';
export { answerVectors } from './gate/answer-vectors';
export { type AnswerGateConfig, type GateType, gateTypes, resolveGateConfig } from './gate/gate-config';
export { answerGateDefinition, answerGateModule, gateTrainingModule } from './gate/gate-module';
export { type LabelledGateInputs, type TrainedGate, type TrainGateOptions, trainGate } from './gate/train-gate';
export { type DistilledHead, type DistillHeadOptions, distillHead, type LabelledFeatures } from './head/distill-head';
export { DistillationHead } from './head/distillation-head';
export {
  type DistillationWeights,
  distillationLoss,
  type HeadTrainingConfig,
  type HeadTrainingInputs,
  headTrainingModule,
  publishedWeights,
  softTargetLoss,
} from './head/distillation-loss';
export { type DistillationHeadConfig, resolveHeadConfig } from './head/head-config';
export { distillationHeadDefinition, distillationHeadModule } from './head/head-module';
export type { Describer } from './instructions/describer';
export {
  type EncodedPicture,
  type EndpointDescriberOptions,
  endpointDescriber,
} from './instructions/endpoint-describer';
export {
  type Description,
  type InstructionKind,
  type InstructionRecord,
  instructionKinds,
  type LabelledMedia,
} from './instructions/instruction-record';
export { readInstructions } from './instructions/record-file';
export { templateDescriber } from './instructions/template-describer';
export {
  type InstructionEvent,
  type InstructionReport,
  type WriteInstructionsOptions,
  writeInstructions,
} from './instructions/write-instructions';
export { type EmotionLabelSetName, emotionLabelSets } from './labels/label-sets';
export { type EmotionRow, labelledMedia, pictureCorpus } from './labels/picture-corpus';
export {
  type PerceptionHeadConfig,
  readableEncoders,
  resolvePerceptionConfig,
} from './perception/perception-config';
export { type ClassProbabilities, type PerceptionDecision, PerceptionHead } from './perception/perception-head';
export { perceptionHeadDefinition, perceptionHeadModule } from './perception/perception-module';
export { NetworkTeacher, type NetworkTeacherOptions, type TeacherBatch } from './teacher/network-teacher';
export { type ReadTeacherTableOptions, readTeacherTable, writeTeacherTable } from './teacher/table-file';
export { type AlignTeacherOptions, alignTeacher, type TeacherTable } from './teacher/teacher-table';
export { type Calibration, type CalibrationScore, calibrate } from './training/calibration';
export type { TrainingReport } from './training/fit-classifier';
export { type EpochReport, publishedRecipes, type TrainingEvent, type TrainingRecipe } from './training/recipe';
export type { ClassificationScore } from './training/score-logits';

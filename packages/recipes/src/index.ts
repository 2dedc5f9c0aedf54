export * from './ablate';
export * from './data';
export * from './evaluate';
export type {
  PerceptionEvent,
  TrainedPerceptionHead,
  TrainPerceptionHeadOptions,
} from './perception/perception-options';
export { trainPerceptionHead } from './perception/train-perception-head';
export { type EmotionDataSetsOptions, emotionDataSets } from './samples/emotion-data-sets';
export { fillableMode, modalitiesOf } from './samples/fillable-mode';
export type { SampleEvent, SampleOptions } from './samples/sample-options';
export { type CorpusEvent, type CorpusSourceOptions, corpusSource } from './sources/corpus-source';
export type { EmotionSource } from './sources/emotion-source';
export {
  clipFeatures,
  type EncoderInputs,
  encodersOf,
  type FrozenEncoders,
  openEncoders,
} from './sources/frozen-encoders';
export { DESCRIPTION_FILE, namedCorpus } from './sources/named-corpus';
export { type SourceSelection, selectSource } from './sources/select-source';
export { type PretrainingStage, prepareTiny, pretrainTiny, tinyParts } from './tiny/prepare-tiny';
export { renderedSource, type TinySourceOptions } from './tiny/rendered-source';
export { tinyMixtures, tinyTaskRatio } from './tiny/tiny-mixtures';
export {
  type TinyEvent,
  type TinyMaterial,
  type TinyRecipeOptions,
  type TinyStage,
  type TrainTinyOptions,
  tinyStages,
} from './tiny/tiny-options';
export { tinyScale } from './tiny/tiny-scale';
export { tinySamples } from './tiny/tiny-sources';
export { trainTinyCurriculum, trainTinyFromNothing } from './tiny/train-tiny';
export { corpusMixtures } from './train/corpus-mixtures';
export { type PretrainedFolders, partsOfModel } from './train/pretrained-folders';
export { type SaveModelOptions, saveEmotionModel } from './train/save-model';
export { scaleSteps } from './train/scaled-steps';
export { trainEmotionModel } from './train/train-emotion-model';
export {
  type CorpusTrainingEvent,
  readModelConfig,
  type TrainOnCorporaOptions,
  trainOnCorpora,
} from './train/train-on-corpora';
export type {
  PartStorage,
  TrainEmotionModelOptions,
  TrainedEmotionModel,
  ValidationOptions,
} from './train/training-options';

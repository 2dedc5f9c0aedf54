export * from './data';
export type { SampleEvent, SampleOptions } from './samples/sample-options';
export type { EmotionSource } from './sources/emotion-source';
export { type SourceSelection, selectSource } from './sources/select-source';
export {
  type TinyDataSet,
  type TinyEvent,
  type TinyMaterial,
  type TinyRecipeOptions,
  type TinyStage,
  type TrainTinyOptions,
  tinyStages,
} from './tiny/tiny-options';
export { tinyScale } from './tiny/tiny-scale';
export { type PretrainedFolders, partsOfModel } from './train/pretrained-folders';
export { scaleSteps } from './train/scaled-steps';
export { stages } from './train/stages';
export type {
  PartStorage,
  TrainEmotionModelOptions,
  TrainedEmotionModel,
  ValidationOptions,
} from './train/training-options';

export { type ConvertedModel, type ConvertOptions, convertModel } from './convert-model';
export type { ConvertEvent } from './events';
export { exportAdapter } from './export-adapter';
export { type ModelPart, modelParts } from './model-parts';
export type { ConvertStorage } from './write-parts';

export { removeAbandonedFiles } from './abandoned-files';
export { type FileContent, type StagedFile, stageFile, type WriteFileOptions, writeFileAtomic } from './atomic-file';
export { cacheFolder } from './cache-folder';
export { type Derivation, derivedTensor } from './derived-tensor';
export { fileError } from './file-errors';
export {
  float16Bits,
  float16Value,
  narrowToBfloat16,
  narrowToFloat16,
  widenBfloat16,
  widenFloat16,
} from './half-floats';
export { readJsonFile } from './json-file';
export { MODEL_FORMAT_VERSION } from './model-config';
export { loadModelFolder, type SaveModelOptions, type StoredModel, saveModelFolder } from './model-folder';
export { createNameTable, type NameRule, type NameTable } from './name-table';
export {
  type EncodeSafetensorsOptions,
  matricesAsInt8,
  safetensorsChunks,
  streamSafetensors,
  type TensorSource,
  type WeightStorage,
} from './safetensors-chunks';
export {
  type DecodeSafetensorsOptions,
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsContent,
} from './safetensors-codec';
export {
  type ReadSafetensorsOptions,
  readSafetensors,
  readSafetensorsHeader,
  type WeightsEvent,
  type WriteSafetensorsOptions,
  writeSafetensors,
} from './safetensors-file';
export {
  parseSafetensorsHeader,
  type SafetensorsEntry,
  type SafetensorsHeader,
  type StoredDataType,
} from './safetensors-header';
export { type FloatWeights, mergeWeights, prefixWeights, scopeWeights, type Weights } from './weights';

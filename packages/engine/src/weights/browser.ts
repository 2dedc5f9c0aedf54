// What works without files. Kept apart so that a browser bundle never meets node:fs.
export { type Derivation, derivedTensor } from './derived-tensor';
export {
  float16Bits,
  float16Value,
  narrowToBfloat16,
  narrowToFloat16,
  widenBfloat16,
  widenFloat16,
} from './half-floats';
export { MODEL_FORMAT_VERSION } from './model-config';
export { createNameTable, type NameRule, type NameTable } from './name-table';
export { type EncodeSafetensorsOptions, matricesAsInt8, type WeightStorage } from './safetensors-chunks';
export {
  type DecodeSafetensorsOptions,
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsContent,
} from './safetensors-codec';
export {
  parseSafetensorsHeader,
  type SafetensorsEntry,
  type SafetensorsHeader,
  type StoredDataType,
} from './safetensors-header';
export { type FloatWeights, mergeWeights, prefixWeights, scopeWeights, type Weights } from './weights';

export type {
  Checkpoint,
  CheckpointEntry,
  CheckpointFormat,
  ReadTensorOptions,
  TensorFilter,
} from './checkpoint';
export { fileSha256, verifySha256 } from './checksum';
export { DETECTION_BYTES, foreignContent } from './detect-format';
export { type GgufFields, type GgufModelConfig, ggufDecoderTable, ggufModelConfig } from './gguf/gguf-language-model';
export { type GgufTokenizer, ggufTokenizer } from './gguf/gguf-tokenizer';
export {
  layerCheckpoints,
  openCheckpointLayers,
  type RequireTensorsOptions,
  requireTensors,
} from './layer-checkpoints';
export { type OpenCheckpointOptions, openCheckpoint } from './open-checkpoint';
export { openPeftAdapter, type PeftAdapter, type PeftConfig, peftTable, savePeftAdapter } from './peft-adapter';
export { applyNameTable, renameCheckpoint } from './tables/apply-table';
export { type CheckpointSource, faceXFormerSource, nanoEmoxSource } from './tables/sources';
export {
  type DropRule,
  invertTable,
  type JoinRule,
  type RenameRule,
  type SplitRule,
  type TensorChange,
  type TensorRule,
  type TensorTable,
} from './tables/tensor-table';

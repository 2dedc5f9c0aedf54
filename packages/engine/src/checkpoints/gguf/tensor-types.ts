import type { StoredDataType } from '../../weights/safetensors-header';
import * as kBlocks from './k-blocks';
import * as blocks from './quantised-blocks';

/** An element type of a GGUF file. */
export interface GgufTensorType {
  readonly name: string;
  /** Elements that are stored together; 1 for plain numbers. */
  readonly blockElements: number;
  readonly blockBytes: number;
  /** For plain numbers: the same type of a safetensors file. */
  readonly plain?: StoredDataType;
  /** For quantised blocks: `bytes` are whole blocks, `target` takes their values from `offset` on. */
  readonly dequantise?: Dequantise;
}

/** Turns whole blocks into float32 values, written from `offset` on. */
export type Dequantise = (bytes: Uint8Array, target: Float32Array, offset: number) => void;

const plain = (name: StoredDataType, blockBytes: number): GgufTensorType => ({
  name,
  blockElements: 1,
  blockBytes,
  plain: name,
});
const block = (name: string, blockElements: number, blockBytes: number, dequantise: Dequantise): GgufTensorType => ({
  name,
  blockElements,
  blockBytes,
  dequantise,
});

/** Element types that are read, by their code in the file. @see enum ggml_type in ggml.h */
export const ggufTensorTypes: ReadonlyMap<number, GgufTensorType> = new Map([
  [0, plain('F32', 4)],
  [1, plain('F16', 2)],
  [2, block('Q4_0', 32, 18, blocks.dequantiseQ4_0)],
  [3, block('Q4_1', 32, 20, blocks.dequantiseQ4_1)],
  [6, block('Q5_0', 32, 22, blocks.dequantiseQ5_0)],
  [7, block('Q5_1', 32, 24, blocks.dequantiseQ5_1)],
  [8, block('Q8_0', 32, 34, blocks.dequantiseQ8_0)],
  [12, block('Q4_K', 256, 144, kBlocks.dequantiseQ4K)],
  [13, block('Q5_K', 256, 176, kBlocks.dequantiseQ5K)],
  [14, block('Q6_K', 256, 210, kBlocks.dequantiseQ6K)],
  [24, plain('I8', 1)],
  [25, plain('I16', 2)],
  [26, plain('I32', 4)],
  [27, plain('I64', 8)],
  [28, plain('F64', 8)],
  [30, plain('BF16', 2)],
]);

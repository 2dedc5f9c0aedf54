/** Largest magnitude of an int8 code; -128 is not used, so that the code is symmetric about zero. */
const INT8_LIMIT = 127;
/** Weights of a row that share a scale where codes come in blocks, as in Q4_0 and Q8_0 of GGML. */
export const BLOCK = 32;
/** The 4-bit code of zero. */
const INT4_ZERO = 8;
/** The 8-bit code of zero in blocks. */
const BYTE_ZERO = 128;

/** Signed element of largest magnitude in a range. */
function extreme(values: Float32Array, start: number, end: number): number {
  let found = 0;
  for (let index = start; index < end; index++) {
    const value = values[index] as number;
    if (Math.abs(value) > Math.abs(found)) found = value;
  }
  return found;
}

export interface Int8Matrix {
  /** Codes; value = code · scale of its row of the original matrix. */
  readonly codes: Int8Array;
  /** `[rows]` */
  readonly scales: Float32Array;
}

/** Symmetric int8 codes of a `[rows, columns]` matrix with one scale per row. They come out as `[columns, rows]`, as integer products read them. */
export function quantiseRows(values: Float32Array, rows: number, columns: number): Int8Matrix {
  const codes = new Int8Array(values.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    scales[row] = Math.abs(extreme(values, start, start + columns)) / INT8_LIMIT;
    const scale = scales[row] as number;
    if (scale === 0) continue; // zeros, or magnitudes below what float32 can scale
    for (let column = 0, at = row; column < columns; column++, at += rows) {
      const code = Math.round((values[start + column] as number) / scale);
      codes[at] = Math.max(-INT8_LIMIT, Math.min(INT8_LIMIT, code));
    }
  }
  return { codes, scales };
}

/** Codes in blocks of 32 along the columns. */
export interface BlockMatrix {
  /**
   * 8 bits: `[rows, columns / 32, 32]`, value = (code − 128) · scale. 4 bits: `[rows, columns / 32, 16]`, two codes per byte, the first in
   * the lower half; value = (code − 8) · scale.
   */
  readonly codes: Uint8Array;
  /** `[rows, columns / 32]` */
  readonly scales: Float32Array;
}

/** 8-bit codes of `[rows, columns]` values, `columns` a multiple of 32, symmetric about zero. */
export function quantiseByteBlocks(values: Float32Array): BlockMatrix {
  const scales = new Float32Array(values.length / BLOCK);
  const codes = new Uint8Array(values.length).fill(BYTE_ZERO);
  for (let block = 0; block < scales.length; block++) {
    const [start, end] = [block * BLOCK, (block + 1) * BLOCK];
    scales[block] = Math.abs(extreme(values, start, end)) / INT8_LIMIT;
    const scale = scales[block] as number;
    if (scale === 0) continue;
    for (let index = start; index < end; index++) {
      const code = Math.round((values[index] as number) / scale);
      codes[index] = BYTE_ZERO + Math.max(-INT8_LIMIT, Math.min(INT8_LIMIT, code));
    }
  }
  return { codes, scales };
}

/**
 * 4-bit codes of `[rows, columns]` values, `columns` a multiple of 32. The element of largest magnitude of a block becomes code 0
 * exactly (−8 times a scale that may be negative): of the 16 codes none is wasted.
 */
export function quantiseNibbleBlocks(values: Float32Array): BlockMatrix {
  const blocks = values.length / BLOCK;
  const codes = new Uint8Array(values.length / 2);
  const scales = new Float32Array(blocks);
  for (let block = 0, at = 0; block < blocks; block++) {
    const start = block * BLOCK;
    scales[block] = extreme(values, start, start + BLOCK) / -INT4_ZERO;
    const inverse = scales[block] === 0 ? 0 : 1 / (scales[block] as number);
    for (let index = start; index < start + BLOCK; index += 2) {
      const low = Math.min(15, Math.floor((values[index] as number) * inverse + INT4_ZERO + 0.5));
      const high = Math.min(15, Math.floor((values[index + 1] as number) * inverse + INT4_ZERO + 0.5));
      codes[at++] = Math.max(0, low) | (Math.max(0, high) << 4);
    }
  }
  return { codes, scales };
}

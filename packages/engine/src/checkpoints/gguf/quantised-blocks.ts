import { float16At } from '../../weights/half-floats';

// Blocks of 32 values with a float16 scale d, some with a float16 minimum m. Low halves of the bytes hold the first 16 values,
// high halves the last 16. Products are rounded to float32 where ggml does it, so the values are the same bits.
// Layouts: ggml-common.h (block_q4_0 … block_q8_0); arithmetic: ggml-quants.c (dequantize_row_q4_0 …).

const SIZE = 32;
const HALF = SIZE / 2;

const low = (byte: number): number => byte & 0x0f;
const high = (byte: number): number => byte >> 4;

/** d, 16 bytes: value = d (q - 8). */
export function dequantiseQ4_0(bytes: Uint8Array, target: Float32Array, offset: number): void {
  for (let start = 0, first = offset; start < bytes.length; start += 18, first += SIZE) {
    const scale = float16At(bytes, start);
    for (let index = 0; index < HALF; index++) {
      const pair = bytes[start + 2 + index] as number;
      target[first + index] = (low(pair) - 8) * scale;
      target[first + index + HALF] = (high(pair) - 8) * scale;
    }
  }
}

/** d, m, 16 bytes: value = d q + m. */
export function dequantiseQ4_1(bytes: Uint8Array, target: Float32Array, offset: number): void {
  for (let start = 0, first = offset; start < bytes.length; start += 20, first += SIZE) {
    const scale = float16At(bytes, start);
    const minimum = float16At(bytes, start + 2);
    for (let index = 0; index < HALF; index++) {
      const pair = bytes[start + 4 + index] as number;
      target[first + index] = Math.fround(low(pair) * scale) + minimum;
      target[first + index + HALF] = Math.fround(high(pair) * scale) + minimum;
    }
  }
}

/** d, 32 fifth bits, 16 bytes: value = d (q - 16). */
export function dequantiseQ5_0(bytes: Uint8Array, target: Float32Array, offset: number): void {
  for (let start = 0, first = offset; start < bytes.length; start += 22, first += SIZE) {
    const scale = float16At(bytes, start);
    for (let index = 0; index < HALF; index++) {
      const pair = bytes[start + 6 + index] as number;
      target[first + index] = ((low(pair) | fifthBit(bytes, start + 2, index)) - 16) * scale;
      target[first + index + HALF] = ((high(pair) | fifthBit(bytes, start + 2, index + HALF)) - 16) * scale;
    }
  }
}

/** d, m, 32 fifth bits, 16 bytes: value = d q + m. */
export function dequantiseQ5_1(bytes: Uint8Array, target: Float32Array, offset: number): void {
  for (let start = 0, first = offset; start < bytes.length; start += 24, first += SIZE) {
    const scale = float16At(bytes, start);
    const minimum = float16At(bytes, start + 2);
    for (let index = 0; index < HALF; index++) {
      const pair = bytes[start + 8 + index] as number;
      target[first + index] = Math.fround((low(pair) | fifthBit(bytes, start + 4, index)) * scale) + minimum;
      target[first + index + HALF] =
        Math.fround((high(pair) | fifthBit(bytes, start + 4, index + HALF)) * scale) + minimum;
    }
  }
}

/** d, 32 signed bytes: value = d q. */
export function dequantiseQ8_0(bytes: Uint8Array, target: Float32Array, offset: number): void {
  for (let start = 0, first = offset; start < bytes.length; start += 34, first += SIZE) {
    const scale = float16At(bytes, start);
    for (let index = 0; index < SIZE; index++) {
      target[first + index] = (((bytes[start + 2 + index] as number) << 24) >> 24) * scale;
    }
  }
}

/** Bit `index` of four bytes, as 16 or 0. */
const fifthBit = (bytes: Uint8Array, offset: number, index: number): number =>
  (((bytes[offset + (index >> 3)] as number) >> (index & 7)) & 1) << 4;

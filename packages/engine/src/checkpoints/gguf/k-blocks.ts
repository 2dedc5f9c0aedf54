import { float16At } from '../../weights/half-floats';

// Super-blocks of 256 values. Groups of 32 (Q4_K, Q5_K) or 16 (Q6_K) have scales of 6 or 8 bits, themselves in units of a float16.
// Layouts: ggml-common.h (block_q4_K, block_q5_K, block_q6_K); arithmetic: ggml-quants.c (dequantize_row_q4_K …).

const SIZE = 256;
const SCALE_BYTES = 12;

/** Scale and minimum of group `group` (0 to 7), 6 bits each, packed into 12 bytes. */
function groupScale(bytes: Uint8Array, offset: number, group: number): readonly [number, number] {
  const at = (index: number) => bytes[offset + index] as number;
  if (group < 4) return [at(group) & 63, at(group + 4) & 63];
  return [(at(group + 4) & 15) | ((at(group - 4) >> 6) << 4), (at(group + 4) >> 4) | ((at(group) >> 6) << 4)];
}

/** d, dmin, 12 bytes of scales, 128 bytes: value = d scale q - dmin minimum. */
export function dequantiseQ4K(bytes: Uint8Array, target: Float32Array, offset: number): void {
  dequantiseGroups(bytes, target, offset, 144, 16, () => 0);
}

/** As Q4_K, with 32 bytes of fifth bits before the 128: bit `group` of byte `index`. */
export function dequantiseQ5K(bytes: Uint8Array, target: Float32Array, offset: number): void {
  const fifthBit = (start: number, group: number, index: number) =>
    (((bytes[start + 4 + SCALE_BYTES + index] as number) >> group) & 1) << 4;
  dequantiseGroups(bytes, target, offset, 176, 48, fifthBit);
}

/** Pairs of groups share 32 bytes: the first has the low halves, the second the high ones. */
function dequantiseGroups(
  bytes: Uint8Array,
  target: Float32Array,
  offset: number,
  blockBytes: number,
  codesOffset: number,
  fifthBit: (start: number, group: number, index: number) => number,
): void {
  for (let start = 0, first = offset; start < bytes.length; start += blockBytes, first += SIZE) {
    const scaleUnit = float16At(bytes, start);
    const minimumUnit = float16At(bytes, start + 2);
    for (let group = 0; group < 8; group++) {
      const [scaleCode, minimumCode] = groupScale(bytes, start + 4, group);
      const scale = Math.fround(scaleUnit * scaleCode);
      const minimum = Math.fround(minimumUnit * minimumCode);
      const codes = start + codesOffset + (group >> 1) * 32;
      const shift = (group & 1) * 4;
      for (let index = 0; index < 32; index++) {
        const code = (((bytes[codes + index] as number) >> shift) & 15) | fifthBit(start, group, index);
        target[first + group * 32 + index] = Math.fround(scale * code) - minimum;
      }
    }
  }
}

/**
 * 128 bytes of low halves, 64 of upper two bits, 16 signed scales, d: value = d scale (q - 32). Each half of 128 values takes
 * 64 low bytes and 32 high ones; its four groups of 32 have low halves of byte 0 to 31, 32 to 63, then their upper halves.
 */
export function dequantiseQ6K(bytes: Uint8Array, target: Float32Array, offset: number): void {
  for (let start = 0, first = offset; start < bytes.length; start += 210, first += SIZE) {
    const unit = float16At(bytes, start + 208);
    for (let index = 0; index < SIZE; index++) {
      const half = index >> 7;
      const group = (index >> 5) & 3;
      const lowByte = bytes[start + half * 64 + (index & 63)] as number;
      const highByte = bytes[start + 128 + half * 32 + (index & 31)] as number;
      const code = ((lowByte >> ((group >> 1) * 4)) & 15) | (((highByte >> (group * 2)) & 3) << 4);
      const scaleCode = ((bytes[start + 192 + (index >> 4)] as number) << 24) >> 24;
      target[first + index] = Math.fround(unit * scaleCode) * (code - 32);
    }
  }
}

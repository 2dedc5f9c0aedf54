/** Bits of 65536: from here on everything is infinity or NaN. From 65520 to here, rounding carries into infinity by itself. */
const FLOAT16_OVERFLOW_BITS = 0x4780_0000;
/** Bits of 2^-14, the smallest normal float16. */
const FLOAT16_NORMAL_BITS = 0x3880_0000;
/** Bits of 2^-25: half of the smallest float16, and a tie that goes to zero. */
const FLOAT16_ZERO_BITS = 0x3300_0000;

const wordView = new Uint32Array(1);
const floatView = new Float32Array(wordView.buffer);
let float16Values: Float32Array | undefined;

/**
 * Rounds a number to float16 and returns its 16 bits. The number is read as float32 first; ties go to the even
 * neighbour, magnitudes of 65520 and more become infinity, NaN stays NaN.
 */
export function float16Bits(value: number): number {
  floatView[0] = value;
  const bits = wordView[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude >= FLOAT16_OVERFLOW_BITS) return sign | (magnitude > 0x7f80_0000 ? 0x7e00 : 0x7c00);
  if (magnitude >= FLOAT16_NORMAL_BITS) {
    const rebased = magnitude - 0x3800_0000; // exponent bias 127 -> 15
    return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
  }
  if (magnitude <= FLOAT16_ZERO_BITS) return sign;
  const significand = (magnitude & 0x7f_ffff) | 0x80_0000;
  const shift = 126 - (magnitude >>> 23); // to units of 2^-24, the smallest float16
  const kept = significand >>> shift;
  const lost = significand & ((1 << shift) - 1);
  const tie = 1 << (shift - 1);
  return sign | (kept + (lost > tie || (lost === tie && (kept & 1) === 1) ? 1 : 0));
}

/** The number that 16 bits of float16 stand for, exactly; subnormals, infinities and NaN included. */
export function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (0x400 + fraction) * 2 ** (exponent - 25);
}

/** The value of every float16, by its bits. */
function float16Table(): Float32Array {
  float16Values ??= Float32Array.from({ length: 0x1_0000 }, (_, bits) => float16Value(bits));
  return float16Values;
}

/** The little-endian float16 at `offset`. */
export function float16At(bytes: Uint8Array, offset: number): number {
  return float16Table()[(bytes[offset] as number) | ((bytes[offset + 1] as number) << 8)] as number;
}

/** Widens float16 bits into `target`, starting at `offset`; exact. */
export function widenFloat16(source: Uint16Array, target: Float32Array, offset = 0): void {
  const values = float16Table();
  for (let index = 0; index < source.length; index++) {
    target[offset + index] = values[source[index] as number] as number;
  }
}

/** Widens bfloat16 bits into `target`, starting at `offset`; exact, since bfloat16 is the upper half of a float32. */
export function widenBfloat16(source: Uint16Array, target: Float32Array, offset = 0): void {
  const words = new Uint32Array(target.buffer, target.byteOffset, target.length);
  for (let index = 0; index < source.length; index++) words[offset + index] = (source[index] as number) << 16;
}

/** Rounds float32 values to float16 bits as {@link float16Bits} does. */
export function narrowToFloat16(source: Float32Array): Uint16Array {
  const target = new Uint16Array(source.length);
  for (let index = 0; index < source.length; index++) target[index] = float16Bits(source[index] as number);
  return target;
}

/** Rounds float32 values to bfloat16 bits: to the nearest, ties to even; NaN stays NaN. Exact for what was bfloat16 before. */
export function narrowToBfloat16(source: Float32Array): Uint16Array {
  const target = new Uint16Array(source.length);
  const words = new Uint32Array(source.buffer, source.byteOffset, source.length);
  for (let index = 0; index < words.length; index++) {
    const bits = words[index] as number;
    const isNotNumber = (bits & 0x7fff_ffff) > 0x7f80_0000;
    target[index] = isNotNumber ? (bits >>> 16) | 0x40 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
  }
  return target;
}

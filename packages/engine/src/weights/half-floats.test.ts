import { describe, expect, it } from 'vitest';
import { float16Bits, float16Value, narrowToFloat16, widenBfloat16, widenFloat16 } from './half-floats';

const LARGEST = 0x7bff;
const float32Words = new Uint32Array(1);
const float32 = new Float32Array(float32Words.buffer);

/** The float32 neighbour of a positive value, one step up or down. */
function neighbour(value: number, step: 1 | -1): number {
  float32[0] = value;
  float32Words[0] = (float32Words[0] as number) + step;
  return float32[0] as number;
}

describe('float16', () => {
  it('widens and rounds back all 65536 bit patterns', () => {
    for (let bits = 0; bits < 0x1_0000; bits++) {
      const value = float16Value(bits);
      if (Number.isNaN(value)) expect(float16Bits(value) & 0x7fff).toBeGreaterThan(0x7c00);
      else if (float16Bits(value) !== bits) expect.fail(`bits ${bits} came back as ${float16Bits(value)}`);
    }
  });

  it('has the values of IEEE 754 at the corners', () => {
    expect([0x0001, 0x03ff, 0x0400, 0x3c00, 0x7bff, 0x7c00, 0xfc00].map(float16Value)).toEqual([
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      1,
      65504,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
    expect(Object.is(float16Value(0x8000), -0)).toBe(true);
    expect(float16Bits(-0)).toBe(0x8000);
  });

  it('rounds to the nearest, ties to even, between every pair of neighbours', () => {
    for (let bits = 0; bits < LARGEST; bits++) {
      const middle = (float16Value(bits) + float16Value(bits + 1)) / 2; // exact in float32
      const even = bits % 2 === 0 ? bits : bits + 1;
      const found = [neighbour(middle, -1), middle, neighbour(middle, 1), -middle].map(float16Bits);
      const expected = [bits, even, bits + 1, even | 0x8000];
      if (found.some((value, index) => value !== expected[index])) expect.fail(`${middle}: ${found}, not ${expected}`);
    }
  });

  it('overflows from 65520 on', () => {
    expect([neighbour(65520, -1), 65520, 65536, 3e38, Number.POSITIVE_INFINITY].map(float16Bits)).toEqual([
      0x7bff, 0x7c00, 0x7c00, 0x7c00, 0x7c00,
    ]);
  });

  it('converts arrays from an offset on', () => {
    const target = new Float32Array(4);
    widenFloat16(narrowToFloat16(Float32Array.of(1, -2.5)), target, 1);
    expect([...target]).toEqual([0, 1, -2.5, 0]);
  });
});

it('bfloat16 widens exactly, also into part of a larger buffer', () => {
  const target = new Float32Array(6).subarray(1);
  widenBfloat16(Uint16Array.of(0x3f80, 0xc000, 0x0001, 0x7f80, 0x7fc0), target);
  expect([...target]).toEqual([1, -2, 2 ** -133, Number.POSITIVE_INFINITY, Number.NaN]);
});

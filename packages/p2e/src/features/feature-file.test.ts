import { decodeSafetensors, float16Bits, float16Value, parseSafetensorsHeader } from '@nano-emox/engine/weights';
import { floatTensor, InvalidArgumentError, NonFiniteError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { decodeFeatures, encodeFeatures, isIntact } from './feature-file';

const vector = (...values: number[]) => floatTensor(Float32Array.from(values), [values.length]);

describe('a feature file', () => {
  it('keeps values rounded to float16, or whole where one exceeds it', () => {
    const within = [0, -0, 1 / 3, -65_504, 65_519, 2 ** -24, 1e-9];
    const beyond = [1 / 3, -65_520];
    const bytes = encodeFeatures({ within: vector(...within), beyond: vector(...beyond) }, 'clip');
    const { within: rounded, beyond: whole } = decodeFeatures(bytes);
    expect(Array.from(rounded?.data ?? [])).toEqual(within.map((value) => float16Value(float16Bits(value))));
    expect(Array.from(whole?.data ?? [])).toEqual(beyond.map(Math.fround));
    const { entries } = parseSafetensorsHeader(bytes, bytes.length, 'test');
    expect([entries.get('within')?.dtype, entries.get('beyond')?.dtype]).toEqual(['F16', 'F32']);
  });

  it('is a fixed point: what was decoded encodes to the same bytes', () => {
    const bytes = encodeFeatures(
      { a: vector(1 / 3, 1e5), b: vector(1 / 3), empty: floatTensor(new Float32Array(0), [0, 4]) },
      'x',
    );
    expect(Buffer.compare(encodeFeatures(decodeFeatures(bytes), 'x'), bytes)).toBe(0);
    expect(decodeFeatures(bytes).empty?.dims).toEqual([0, 4]);
    expect(decodeFeatures(encodeFeatures({}, 'x'))).toEqual({});
  });

  it.each([
    ['NaN', vector(1, Number.NaN), NonFiniteError],
    ['infinity', vector(Number.NEGATIVE_INFINITY), NonFiniteError],
    ['dims that do not fit', floatTensor(new Float32Array(3), [4]), InvalidArgumentError],
    ['another type', { type: 'int64', dims: [1], data: BigInt64Array.of(1n) } as never, InvalidArgumentError],
  ])('refuses %s', (_, tensor, expected) => {
    expect(() => encodeFeatures({ tensor }, 'clip')).toThrow(expected);
  });

  it('notices every flipped bit, every missing byte, and the name of another clip', () => {
    const bytes = encodeFeatures({ a: vector(1, 2, 3), b: vector(4) }, 'clip');
    expect([isIntact(bytes, 'clip'), isIntact(bytes, 'other clip')]).toEqual([true, false]);
    const missed: number[] = [];
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      if (isIntact(damaged, 'clip') && !isHarmless(damaged, bytes)) missed.push(bit);
    }
    expect(missed).toEqual([]);
    for (let length = 0; length < bytes.length; length++) {
      if (isIntact(bytes.subarray(0, length), 'clip')) expect.fail(`cut to ${length} bytes`);
    }
    expect(isIntact(Buffer.concat([bytes, Uint8Array.of(0)]), 'clip')).toBe(false);
  });
});

/** Some bits of the JSON header mean nothing (a space that becomes a tab): then the content has to be the same. */
function isHarmless(damaged: Uint8Array, bytes: Uint8Array): boolean {
  expect(decodeSafetensors(damaged)).toEqual(decodeSafetensors(bytes));
  return true;
}

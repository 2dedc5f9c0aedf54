import { describe, expect, it } from 'vitest';
import { ramp } from '../testing';
import { quantiseBlocks, quantiseRows } from './quantise-weights';

describe('quantiseRows', () => {
  const { data } = ramp(3, 40);

  it('is within half a step of each value, with one scale per row', () => {
    const values = data.map((value, index) => value * 10 ** Math.floor(index / 40));
    const { codes, scales } = quantiseRows(values, 3, 40, false);
    values.forEach((value, index) => {
      const scale = scales[Math.floor(index / 40)] as number;
      expect(Math.abs((codes[index] as number) * scale - value)).toBeLessThanOrEqual(scale * 0.501);
    });
    expect(Math.max(...codes.map(Math.abs))).toBe(127);
    expect((scales[2] as number) / (scales[0] as number)).toBeGreaterThan(50);
  });

  it('writes the same codes in columns when transposed', () => {
    const plain = quantiseRows(data, 3, 40, false);
    const turned = quantiseRows(data, 3, 40, true);
    expect(turned.scales).toEqual(plain.scales);
    plain.codes.forEach((code, index) => {
      expect(turned.codes[(index % 40) * 3 + Math.floor(index / 40)]).toBe(code);
    });
  });

  it('keeps a row of zeros', () => {
    expect(quantiseRows(new Float32Array(4), 1, 4, false)).toEqual({
      codes: new Int8Array(4),
      scales: new Float32Array(1),
    });
  });
});

describe('quantiseBlocks', () => {
  const valueAt = ({ codes, scales }: ReturnType<typeof quantiseBlocks>, index: number): number => {
    const byte = codes[index >> 1] as number;
    return ((index % 2 === 0 ? byte & 15 : byte >> 4) - 8) * (scales[index >> 5] as number);
  };

  it('is within a step of each value, and holds the largest of a block exactly', () => {
    const { data } = ramp(4, 64);
    const blocks = quantiseBlocks(data);
    expect([blocks.codes.length, blocks.scales.length]).toEqual([128, 8]);
    for (let block = 0; block < 8; block++) {
      const places = Array.from({ length: 32 }, (_, index) => block * 32 + index);
      const magnitude = (index: number) => Math.abs(data[index] as number);
      const largest = places.reduce((best, index) => (magnitude(index) > magnitude(best) ? index : best));
      expect(valueAt(blocks, largest)).toBeCloseTo(data[largest] as number, 6);
      // The far end of the range has one code less: 15 stands for 7 steps.
      for (const index of places) {
        const error = Math.abs(valueAt(blocks, index) - (data[index] as number));
        expect(error).toBeLessThanOrEqual(Math.abs(blocks.scales[block] as number) * 1.001);
      }
    }
  });

  it('keeps a block of zeros', () => {
    const blocks = quantiseBlocks(new Float32Array(32));
    expect(Array.from({ length: 32 }, (_, index) => Math.abs(valueAt(blocks, index)))).toEqual(new Array(32).fill(0));
  });
});

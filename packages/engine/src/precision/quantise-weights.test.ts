import { describe, expect, it } from 'vitest';
import { ramp } from '../testing';
import { type BlockMatrix, quantiseByteBlocks, quantiseNibbleBlocks, quantiseRows } from './quantise-weights';

describe('quantiseRows', () => {
  const { data } = ramp(3, 40);

  it('is within half a step of each value, with one scale per row', () => {
    const values = data.map((value, index) => value * 10 ** Math.floor(index / 40));
    const { codes, scales } = quantiseRows(values, 3, 40);
    values.forEach((value, index) => {
      const [row, column] = [Math.floor(index / 40), index % 40];
      const scale = scales[row] as number;
      expect(Math.abs((codes[column * 3 + row] as number) * scale - value)).toBeLessThanOrEqual(scale * 0.501);
    });
    expect(Math.max(...codes.map(Math.abs))).toBe(127);
    expect((scales[2] as number) / (scales[0] as number)).toBeGreaterThan(50);
  });

  it('keeps a row of zeros', () => {
    expect(quantiseRows(new Float32Array(4), 1, 4)).toEqual({
      codes: new Int8Array(4),
      scales: new Float32Array(1),
    });
  });
});

describe('quantiseByteBlocks', () => {
  const valueAt = ({ codes, scales }: BlockMatrix, index: number): number =>
    ((codes[index] as number) - 128) * (scales[index >> 5] as number);

  it('is within half a step of each value, with one scale per block', () => {
    const values = ramp(2, 64).data.map((value, index) => value * 10 ** (index >> 5));
    const blocks = quantiseByteBlocks(values);
    expect([blocks.codes.length, blocks.scales.length]).toEqual([128, 4]);
    values.forEach((value, index) => {
      const step = blocks.scales[index >> 5] as number;
      expect(Math.abs(valueAt(blocks, index) - value)).toBeLessThanOrEqual(step * 0.501);
    });
    expect((blocks.scales[3] as number) / (blocks.scales[0] as number)).toBeGreaterThan(500);
  });

  it('keeps a block of zeros', () => {
    const blocks = quantiseByteBlocks(new Float32Array(32));
    expect(Array.from({ length: 32 }, (_, index) => valueAt(blocks, index))).toEqual(new Array(32).fill(0));
  });
});

describe('quantiseNibbleBlocks', () => {
  const valueAt = ({ codes, scales }: BlockMatrix, index: number): number => {
    const byte = codes[index >> 1] as number;
    return ((index % 2 === 0 ? byte & 15 : byte >> 4) - 8) * (scales[index >> 5] as number);
  };

  it('is within a step of each value, and holds the largest of a block exactly', () => {
    const { data } = ramp(4, 64);
    const blocks = quantiseNibbleBlocks(data);
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
    const blocks = quantiseNibbleBlocks(new Float32Array(32));
    expect(Array.from({ length: 32 }, (_, index) => Math.abs(valueAt(blocks, index)))).toEqual(new Array(32).fill(0));
  });
});

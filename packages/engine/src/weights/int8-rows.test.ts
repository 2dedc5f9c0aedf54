import { describe, expect, it } from 'vitest';
import { int8RowScales, quantiseInt8Rows, restoreInt8Rows } from './int8-rows';

describe('int8 rows', () => {
  const values = Float32Array.of(1, -2, 0.5, 0, 0, 0, -1e-3, 2e-3, 0, 3e38, -3e38, 1);
  const scales = int8RowScales(values, 4);

  it('scales each row by its largest magnitude / 127', () => {
    expect([...scales]).toEqual([2, 0, 2e-3, 3e38].map((largest) => Math.fround(Math.fround(largest) / 127)));
  });

  it('uses codes from -127 to 127, symmetric about zero', () => {
    expect([...quantiseInt8Rows(values, 0, 3, scales)]).toEqual([64, -127, 32, 0, 0, 0, -64, 127, 0, 127, -127, 0]);
  });

  it('restores every value to half a step, whatever the pieces', () => {
    const restored = new Float32Array(values.length);
    for (const [start, end] of [
      [0, 2],
      [2, 7],
      [7, 12],
    ] as const) {
      const codes = quantiseInt8Rows(values.subarray(start, end), start, 3, scales);
      restoreInt8Rows(codes, start, 3, scales, restored);
    }
    values.forEach((value, index) => {
      const step = scales[Math.floor(index / 3)] as number;
      expect(Math.abs((restored[index] as number) - value)).toBeLessThanOrEqual(step * 0.50001);
    });
  });

  it('keeps rows that are too small for a float32 scale at zero instead of NaN', () => {
    const tiny = Float32Array.of(2 ** -149, -(2 ** -149));
    expect([...quantiseInt8Rows(tiny, 0, 2, int8RowScales(tiny, 1))]).toEqual([0, 0]);
  });
});

import { describe, expect, it } from 'vitest';
import { faceCropBox } from './face-box';
import { sharpness } from './sharpness';

describe('faceCropBox', () => {
  it('adds a quarter on each side and cuts to whole pixels', () => {
    const box = { x: 100.5, y: 80, width: 41, height: 60 };
    // 90.25 → 90, 65 → 65; right 151.75 → 151, bottom 155
    expect(faceCropBox(box, { width: 400, height: 300 })).toEqual({ x: 90, y: 65, width: 61, height: 90 });
  });

  it('stays inside the picture', () => {
    const box = { x: -5, y: 10, width: 100, height: 100 };
    expect(faceCropBox(box, { width: 90, height: 90 })).toEqual({ x: 0, y: 0, width: 90, height: 90 });
  });

  it('can leave the box as it is', () => {
    const box = { x: 3, y: 4, width: 5, height: 6 };
    expect(faceCropBox(box, { width: 90, height: 90 }, 0)).toEqual(box);
  });
});

describe('sharpness', () => {
  it('is zero without detail and grows with it', () => {
    const flat = { width: 8, height: 8, data: new Uint8Array(192).fill(90) };
    const ramp = { ...flat, data: flat.data.map((_, index) => 10 * (Math.floor(index / 3) % 8)) };
    const checkerboard = {
      ...flat,
      data: flat.data.map((_, index) => ((Math.floor(index / 3) + Math.floor(index / 24)) % 2) * 255),
    };
    expect(sharpness(flat)).toBe(0);
    expect(sharpness(ramp)).toBeCloseTo(0, 5);
    // Every inner Laplacian is ±4 · 255, half of each sign.
    expect(sharpness(checkerboard)).toBeCloseTo(1020 ** 2, -1);
    expect(sharpness({ width: 2, height: 2, data: new Uint8Array(12) })).toBe(0);
  });
});

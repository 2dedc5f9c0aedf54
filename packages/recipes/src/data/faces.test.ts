import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@nano-emox/engine';
import { describe, expect, it } from 'vitest';
import { drawFace, faceBatch, noChange } from './face-batch';
import { type FaceSet, faceSizePx, type LabelledFace, loadFaces, splitFaces } from './faces';

/** Faces whose pixels rise to the right, with the label as an offset. */
function rampFaces(count: number): FaceSet {
  const pixels = Uint8Array.from({ length: count * faceSizePx ** 2 }, (_, index) => (index % faceSizePx) * 4 + 20);
  return { count, size: faceSizePx, pixels, labels: new Uint8Array(count) };
}

describe('faceBatch', () => {
  it('upsamples by half-pixel bilinear interpolation into three equal planes', () => {
    const size = 96;
    const batch = faceBatch(rampFaces(1), [0], { size });
    expect(batch).toHaveLength(3 * size * size);
    // Twice the size: output column c lies at (c + 0.5) / 2 - 0.5 of the source, where grey is 4 × column + 20.
    for (const column of [1, 2, 47, 94]) {
      expect(batch[10 * size + column]).toBe(Math.floor(4 * ((column + 0.5) / 2 - 0.5) + 20 + 0.5));
    }
    expect(batch[0]).toBe(20);
    const plane = size * size;
    expect(batch.subarray(plane, 2 * plane)).toEqual(batch.subarray(0, plane));
    expect(batch.subarray(2 * plane)).toEqual(batch.subarray(0, plane));
  });

  it('mirrors, shifts and erases where it says', () => {
    const faces = rampFaces(1);
    const size = faceSizePx;
    const draw = (change: Partial<typeof noChange>) => {
      const target = new Uint8Array(3 * size * size);
      drawFace(faces, 0, { ...noChange, ...change }, size, target, 0);
      return target;
    };
    const plain = draw({});
    expect([...plain.subarray(0, size)]).toEqual([...faces.pixels.subarray(0, size)]);
    expect([...draw({ mirrored: true }).subarray(0, size)]).toEqual([...plain.subarray(0, size)].reverse());
    expect(draw({ shiftX: 0.25 })[20]).toBe(plain[20 - size * 0.25]);
    const erased = draw({ erased: { x: 0.25, y: 0.5, width: 0.25, height: 0.25 }, erasedGrey: 7 });
    const greys = Array.from({ length: size }, (_, column) => erased[24 * size + column]);
    expect(greys.filter((grey) => grey === 7)).toHaveLength(12);
    expect(greys.indexOf(7)).toBe(12);
    expect([...erased.subarray(0, 24 * size)]).toEqual([...plain.subarray(0, 24 * size)]);
  });

  it('is fixed by the seed and differs between pictures of a batch', () => {
    const faces = rampFaces(2);
    const [first, again] = [1, 2].map(() => faceBatch(faces, [0, 1], { size: 64, augment: new Random(3) }));
    expect(first).toEqual(again);
    expect(first!.subarray(0, 3 * 64 * 64)).not.toEqual(first!.subarray(3 * 64 * 64));
  });
});

describe('splitFaces', () => {
  it('keeps equal pictures together and out of training when they are in the test part', () => {
    const face = (grey: number, isTest = false): LabelledFace => ({
      isTest,
      label: 0,
      pixels: new Uint8Array(4).fill(grey),
    });
    const faces = [
      ...Array.from({ length: 200 }, (_, grey) => face(grey)),
      ...Array.from({ length: 200 }, (_, grey) => face(grey)),
    ];
    const parts = Object.fromEntries(splitFaces([...faces, face(7, true), face(8, true)], 1, 0.2));
    const greys = (name: string) => parts[name]!.map(({ pixels }) => pixels[0]);
    expect(greys('test')).toEqual([7, 8]);
    expect(greys('train').length + greys('validation').length).toBe(396);
    const held = new Set(greys('validation'));
    expect(held.size).toBeGreaterThan(20);
    expect(held.size).toBeLessThan(65);
    expect(greys('train').some((grey) => held.has(grey) || grey === 7 || grey === 8)).toBe(false);
  });
});

describe('loadFaces', () => {
  it('says what is missing', async () => {
    const cacheFolder = await mkdtemp(join(tmpdir(), 'faces-'));
    try {
      const loading = loadFaces({ cacheFolder, dataFolder: join(cacheFolder, 'nowhere') });
      await expect(loading).rejects.toMatchObject({ code: 'MISSING_FILE' });
    } finally {
      await rm(cacheFolder, { recursive: true });
    }
  });
});

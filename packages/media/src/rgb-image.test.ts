import { describe, expect, it } from 'vitest';
import { cropImage, type RgbImage, rotateImage, toFrameTensor } from './rgb-image';

/** Three wide, two high; the red value names the pixel. */
const image: RgbImage = {
  width: 3,
  height: 2,
  data: Uint8Array.from([1, 2, 3, 4, 5, 6].flatMap((red) => [red, red + 10, red + 20])),
};
const reds = ({ data }: RgbImage) => [...data].filter((_, index) => index % 3 === 0);

describe('rotateImage', () => {
  it.each([
    [0, 3, [1, 2, 3, 4, 5, 6]],
    [90, 2, [4, 1, 5, 2, 6, 3]],
    [180, 3, [6, 5, 4, 3, 2, 1]],
    [270, 2, [3, 6, 2, 5, 1, 4]],
    [-90, 2, [3, 6, 2, 5, 1, 4]],
  ])('turns by %i degrees', (degrees, width, expected) => {
    const turned = rotateImage(image, degrees);
    expect(turned.width).toBe(width);
    expect(reds(turned)).toEqual(expected);
  });
});

describe('cropImage', () => {
  it('takes the pixels under the box', () => {
    expect(reds(cropImage(image, { x: 1, y: 0, width: 2, height: 2 }))).toEqual([2, 3, 5, 6]);
  });
});

describe('toFrameTensor', () => {
  it('lays out channels before rows', () => {
    const { dims, data } = toFrameTensor([image, image]);
    expect(dims).toEqual([2, 3, 2, 3]);
    expect([...data.subarray(0, 18)]).toEqual([1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 25, 26]);
    expect(data.subarray(18)).toEqual(data.subarray(0, 18));
  });

  it('names the picture whose size differs', () => {
    const other = { width: 2, height: 3, data: image.data };
    expect(() => toFrameTensor([image, other])).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
    expect(() => toFrameTensor([])).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { resize, resizeBicubic, resizeBilinear } from './resize';
import type { RgbImage } from './rgb-image';

interface Encoded {
  width: number;
  height: number;
  data: string;
}
const golden = JSON.parse(readFileSync(new URL('./__fixtures__/resize.json', import.meta.url), 'utf8')) as {
  cases: { interpolation: 'bicubic' | 'bilinear'; input: Encoded; expected: Encoded }[];
};
const decode = ({ width, height, data }: Encoded): RgbImage => ({
  width,
  height,
  data: new Uint8Array(Buffer.from(data, 'base64')),
});

describe('resize', () => {
  // Oracle: PIL.Image.fromarray(picture).resize((width, height), Image.Resampling.BICUBIC | BILINEAR)
  it.each(golden.cases.map((entry) => ({ ...entry, name: `${size(entry.input)} → ${size(entry.expected)}` })))(
    'gives every byte Pillow gives: $name $interpolation',
    ({ interpolation, input, expected }) => {
      const result = resize(decode(input), expected.width, expected.height, interpolation);
      expect(result).toEqual(decode(expected));
    },
  );

  it('returns the picture itself when the size is right', () => {
    const image = decode(golden.cases[0]!.input);
    expect(resizeBicubic(image, image.width, image.height)).toBe(image);
  });

  it('keeps a flat picture flat in both directions', () => {
    const flat = { width: 5, height: 7, data: new Uint8Array(105).fill(201) };
    for (const result of [resizeBicubic(flat, 64, 3), resizeBilinear(flat, 2, 50)]) {
      expect(new Set(result.data)).toEqual(new Set([201]));
    }
  });

  it.each([
    ['a side of 0', () => resizeBicubic({ width: 1, height: 1, data: new Uint8Array(3) }, 0, 1)],
    ['a fractional side', () => resizeBicubic({ width: 1, height: 1, data: new Uint8Array(3) }, 1, 1.5)],
    ['too few bytes', () => resizeBicubic({ width: 2, height: 2, data: new Uint8Array(11) }, 1, 1)],
    ['an unknown filter', () => resize({ width: 1, height: 1, data: new Uint8Array(3) }, 1, 1, 'lanczos' as never)],
  ])('refuses %s', (_, act) => {
    expect(act).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

function size({ width, height }: Encoded): string {
  return `${width}×${height}`;
}

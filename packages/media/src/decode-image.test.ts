import { readFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeImage } from './decode-image';

const golden = JSON.parse(readFileSync(new URL('./__fixtures__/image.json', import.meta.url), 'utf8')) as {
  tolerance: number;
  width: number;
  height: number;
  cases: { name: string; file: string; expected: string }[];
};

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), body]);
  const length = Buffer.alloc(4);
  const check = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/** An 8-bit RGB PNG without filters. */
function png(width: number, height: number, rgb: Uint8Array): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Array.from({ length: height }, (_, y) => [
    0,
    ...rgb.subarray(y * width * 3, (y + 1) * width * 3),
  ]).flat();
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const body = deflateSync(Buffer.from(rows));
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', body), chunk('IEND', Buffer.alloc(0))]);
}

describe('decodeImage', () => {
  it('gives the very bytes of a PNG', async () => {
    const data = Uint8Array.from({ length: 5 * 4 * 3 }, (_, index) => (index * 37) % 256);
    expect(await decodeImage(png(5, 4, data))).toEqual({ width: 5, height: 4, data });
  });

  // Oracle: PIL.Image.open(file).convert('RGB')
  it.each(golden.cases)('agrees with Pillow on a JPEG: $name', async ({ file, expected }) => {
    const image = await decodeImage(Buffer.from(file, 'base64'));
    const wanted = Buffer.from(expected, 'base64');
    expect([image.width, image.height]).toEqual([golden.width, golden.height]);
    const largest = Math.max(...image.data.map((value, index) => Math.abs(value - wanted[index]!)));
    expect(largest).toBeLessThanOrEqual(golden.tolerance);
  });

  it('refuses what is no picture or only half of one', async () => {
    const whole = png(64, 64, new Uint8Array(64 * 64 * 3));
    for (const bytes of [
      new Uint8Array(0),
      Buffer.from('hello'),
      whole.subarray(0, 40),
      Buffer.from([0xff, 0xd8, 0xff, 0, 1]),
    ]) {
      await expect(decodeImage(bytes)).rejects.toMatchObject({ code: 'INVALID_MEDIA', hint: expect.any(String) });
    }
  });
});

import { decode } from 'jpeg-js';
import { expect, it } from 'vitest';
import { framePictures } from './frame-pictures';

it('makes one picture of each frame, with its colours where they were', () => {
  const [frames, height, width] = [2, 16, 24];
  const plane = height * width;
  const data = new Uint8Array(frames * 3 * plane);
  data.fill(200, 0, plane); // the first frame is red
  data.fill(180, 5 * plane, 6 * plane); // the second is blue
  const pictures = framePictures({ type: 'uint8', dims: [frames, 3, height, width], data });
  const colours = pictures.map((address) => {
    expect(address).toMatch(/^data:image\/jpeg;base64,/);
    const picture = decode(Buffer.from(address.split(',')[1] as string, 'base64'));
    expect([picture.width, picture.height]).toEqual([width, height]);
    return [...picture.data.subarray(0, 3)];
  });
  const near = (colour: number[], wanted: number[]) =>
    Math.max(...colour.map((value, i) => Math.abs(value - wanted[i]!)));
  expect(near(colours[0]!, [200, 0, 0])).toBeLessThan(8);
  expect(near(colours[1]!, [0, 0, 180])).toBeLessThan(8);
});

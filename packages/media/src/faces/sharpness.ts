import { checkRgbImage, type RgbImage } from '../rgb-image';

/**
 * How sharp a picture is: the variance of the 4-neighbour Laplacian of its luma (ITU-R BT.601, 0..255). Compare pictures of
 * one size only: enlarging a small face lowers it as much as blur does.
 * @returns 0 for a flat picture or one under 3 pixels on a side
 */
export function sharpness(image: RgbImage): number {
  checkRgbImage(image, 'sharpness');
  const { width, height, data } = image;
  const luma = new Float32Array(width * height);
  for (let pixel = 0; pixel < luma.length; pixel++) {
    luma[pixel] = 0.299 * data[pixel * 3]! + 0.587 * data[pixel * 3 + 1]! + 0.114 * data[pixel * 3 + 2]!;
  }
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const value = luma[at - 1]! + luma[at + 1]! + luma[at - width]! + luma[at + width]! - 4 * luma[at]!;
      sum += value;
      squares += value * value;
    }
  }
  const count = Math.max(0, width - 2) * Math.max(0, height - 2);
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}

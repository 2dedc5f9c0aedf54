import type { HostTensor } from '@nano-emox/tensor-contract';
import { InvalidArgumentError, ShapeMismatchError } from '@nano-emox/tensor-contract';

/** An 8-bit RGB picture in host memory, rows top to bottom, pixels left to right, bytes R, G, B. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** uint8, `height * width * 3` values. */
  readonly data: Uint8Array;
}

/** A rectangle in pixels; `x`, `y` is the top left corner. Values may be fractional and reach outside the picture. */
export interface BoxPx {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** @throws InvalidArgumentError when the bytes do not fit the stated size */
export function checkRgbImage(image: RgbImage, where: string): void {
  const { width, height, data } = image;
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new InvalidArgumentError({
      message: `${where}: a picture of ${width}×${height} pixels cannot be used`,
      hint: 'Width and height must be whole numbers of at least 1.',
      argument: 'image',
    });
  }
  if (data.length !== width * height * 3) {
    throw new InvalidArgumentError({
      message: `${where}: ${data.length} bytes do not make a ${width}×${height} RGB picture`,
      hint: `Pass ${width * height * 3} bytes: rows of R, G, B without padding.`,
      argument: 'image',
    });
  }
}

/** Copies the part of `image` under `box`, whose corners must be whole numbers inside the picture. */
export function cropImage(image: RgbImage, box: BoxPx): RgbImage {
  const data = new Uint8Array(box.width * box.height * 3);
  for (let row = 0; row < box.height; row++) {
    const start = ((box.y + row) * image.width + box.x) * 3;
    data.set(image.data.subarray(start, start + box.width * 3), row * box.width * 3);
  }
  return { width: box.width, height: box.height, data };
}

/** Turns `image` clockwise by a multiple of 90 degrees. */
export function rotateImage(image: RgbImage, clockwiseDegrees: number): RgbImage {
  const quarterTurns = (((Math.round(clockwiseDegrees / 90) % 4) + 4) % 4) as 0 | 1 | 2 | 3;
  if (quarterTurns === 0) return image;
  const { width, height, data } = image;
  const turned = new Uint8Array(data.length);
  const turnedWidth = quarterTurns === 2 ? width : height;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [column, row] =
        quarterTurns === 1
          ? [height - 1 - y, x]
          : quarterTurns === 2
            ? [width - 1 - x, height - 1 - y]
            : [y, width - 1 - x];
      const from = (y * width + x) * 3;
      const to = (row * turnedWidth + column) * 3;
      turned[to] = data[from]!;
      turned[to + 1] = data[from + 1]!;
      turned[to + 2] = data[from + 2]!;
    }
  }
  return { width: turnedWidth, height: quarterTurns === 2 ? height : width, data: turned };
}

/**
 * Stacks pictures of one size into the layout the encoders read.
 * @returns uint8 `[frames, 3, height, width]`, RGB, 0..255
 * @throws InvalidArgumentError, ShapeMismatchError
 */
export function toFrameTensor(images: readonly RgbImage[]): HostTensor<'uint8'> {
  const first = images[0];
  if (!first) {
    throw new InvalidArgumentError({
      message: 'toFrameTensor: no picture given',
      hint: 'Pass at least one picture.',
      argument: 'images',
    });
  }
  const { width, height } = first;
  const planeSize = width * height;
  const data = new Uint8Array(images.length * 3 * planeSize);
  images.forEach((image, index) => {
    checkRgbImage(image, 'toFrameTensor');
    if (image.width !== width || image.height !== height) {
      throw new ShapeMismatchError({
        where: 'toFrameTensor',
        input: `picture ${index}`,
        expected: [height, width, 3],
        received: [image.height, image.width, 3],
        hint: 'Resize all pictures to one size first, e.g. with resizeBicubic.',
      });
    }
    const offset = index * 3 * planeSize;
    for (let pixel = 0; pixel < planeSize; pixel++) {
      data[offset + pixel] = image.data[pixel * 3]!;
      data[offset + planeSize + pixel] = image.data[pixel * 3 + 1]!;
      data[offset + 2 * planeSize + pixel] = image.data[pixel * 3 + 2]!;
    }
  });
  return { type: 'uint8', dims: [images.length, 3, height, width], data };
}

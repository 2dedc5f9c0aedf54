import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { checkRgbImage, type RgbImage } from './rgb-image';

/** How pixels between pixels are found. Both widen their filter when shrinking, so nothing aliases. */
export type Interpolation = 'bicubic' | 'bilinear';

/** Fraction bits of the filter weights: 32 less 8 for the value and 2 for overshoot, as in Pillow's `Resample.c`. */
const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);

/** The largest side a result may have, in pixels; a guard against mistaken units, far above any encoder's input. */
const MAX_SIDE_PX = 16384;

interface Filter {
  /** Half-width in pixels of the larger grid. */
  readonly support: number;
  weight(distance: number): number;
}

const filters: Record<Interpolation, Filter> = {
  bilinear: { support: 1, weight: (distance) => Math.max(0, 1 - Math.abs(distance)) },
  bicubic: {
    support: 2,
    // Keys' kernel with a = -0.5, Pillow's choice (OpenCV and torch's non-antialiased resize use -0.75).
    weight(distance) {
      const a = -0.5;
      const x = Math.abs(distance);
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
      return 0;
    },
  },
};

/** For each output position: where its taps start, how many there are, and their fixed-point weights. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Int32Array;
  readonly stride: number;
}

function makeTaps(inputSize: number, outputSize: number, filter: Filter): Taps {
  const scale = inputSize / outputSize;
  const filterScale = Math.max(scale, 1);
  const support = filter.support * filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outputSize);
  const count = new Int32Array(outputSize);
  const weights = new Int32Array(outputSize * stride);
  const exact = new Float64Array(stride);
  for (let position = 0; position < outputSize; position++) {
    const centre = (position + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(inputSize, Math.trunc(centre + support + 0.5));
    let sum = 0;
    for (let tap = 0; tap < end - start; tap++) {
      exact[tap] = filter.weight((tap + start - centre + 0.5) * (1 / filterScale));
      sum += exact[tap]!;
    }
    first[position] = start;
    count[position] = end - start;
    for (let tap = 0; tap < end - start; tap++) {
      const fixed = (exact[tap]! / sum) * (1 << PRECISION_BITS);
      weights[position * stride + tap] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    }
  }
  return { first, count, weights, stride };
}

const clampByte = (value: number): number => (value < 0 ? 0 : Math.min(value, 255));

function resizeRows(image: RgbImage, outputWidth: number, filter: Filter): RgbImage {
  const { first, count, weights, stride } = makeTaps(image.width, outputWidth, filter);
  const { height, width, data } = image;
  const result = new Uint8Array(outputWidth * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < outputWidth; x++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let from = (y * width + first[x]!) * 3;
      const weightStart = x * stride;
      for (let tap = 0; tap < count[x]!; tap++, from += 3) {
        const weight = weights[weightStart + tap]!;
        red += data[from]! * weight;
        green += data[from + 1]! * weight;
        blue += data[from + 2]! * weight;
      }
      const to = (y * outputWidth + x) * 3;
      result[to] = clampByte(red >> PRECISION_BITS);
      result[to + 1] = clampByte(green >> PRECISION_BITS);
      result[to + 2] = clampByte(blue >> PRECISION_BITS);
    }
  }
  return { width: outputWidth, height, data: result };
}

function resizeColumns(image: RgbImage, outputHeight: number, filter: Filter): RgbImage {
  const { first, count, weights, stride } = makeTaps(image.height, outputHeight, filter);
  const { width, data } = image;
  const rowBytes = width * 3;
  const result = new Uint8Array(rowBytes * outputHeight);
  const sums = new Int32Array(rowBytes);
  for (let y = 0; y < outputHeight; y++) {
    sums.fill(HALF);
    for (let tap = 0; tap < count[y]!; tap++) {
      const weight = weights[y * stride + tap]!;
      const from = (first[y]! + tap) * rowBytes;
      for (let byte = 0; byte < rowBytes; byte++) sums[byte] = sums[byte]! + data[from + byte]! * weight;
    }
    const to = y * rowBytes;
    for (let byte = 0; byte < rowBytes; byte++) result[to + byte] = clampByte(sums[byte]! >> PRECISION_BITS);
  }
  return { width, height: outputHeight, data: result };
}

/**
 * Resizes a picture exactly as Pillow's `Image.resize` does for 8-bit RGB: rows first, then columns, each pass in 22-bit
 * fixed point and rounded to bytes. The aspect ratio is not kept.
 * @param width Result width in pixels, 1..16384.
 * @param height Result height in pixels, 1..16384.
 * @throws InvalidArgumentError
 * @see Pillow, `src/libImaging/Resample.c`
 */
export function resize(image: RgbImage, width: number, height: number, interpolation: Interpolation): RgbImage {
  checkRgbImage(image, 'resize');
  for (const [argument, value] of Object.entries({ width, height })) {
    if (!Number.isInteger(value) || value < 1 || value > MAX_SIDE_PX) {
      throw new InvalidArgumentError({
        message: `resize: ${argument} is ${value}`,
        hint: `Pass a whole number of pixels from 1 to ${MAX_SIDE_PX}.`,
        argument,
      });
    }
  }
  const filter = filters[interpolation];
  if (!filter) {
    throw new InvalidArgumentError({
      message: `resize: unknown interpolation '${interpolation}'`,
      hint: "Pass 'bicubic' or 'bilinear'.",
      argument: 'interpolation',
    });
  }
  const rows = width === image.width ? image : resizeRows(image, width, filter);
  return height === image.height ? rows : resizeColumns(rows, height, filter);
}

/** {@link resize} with the bicubic filter (a = -0.5, support 2). */
export function resizeBicubic(image: RgbImage, width: number, height: number): RgbImage {
  return resize(image, width, height, 'bicubic');
}

/** {@link resize} with the triangle filter (support 1). */
export function resizeBilinear(image: RgbImage, width: number, height: number): RgbImage {
  return resize(image, width, height, 'bilinear');
}

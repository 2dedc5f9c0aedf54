import type { Random } from '@nano-emox/engine';
import type { FaceSet } from './faces';

/** Options of {@link faceBatch}. */
export interface FaceBatchOptions {
  /** Pixels along each side of the result. @default 112 */
  readonly size?: number;
  /** Draws flip, shift, scale, rotation, brightness, contrast and an erased patch; absent: the picture as it is. */
  readonly augment?: Random;
}

/** Where the corners of the picture go, and how its grey values change. */
export interface FaceChange {
  readonly mirrored: boolean;
  /** Fractions of the picture's side. */
  readonly shiftX: number;
  readonly shiftY: number;
  readonly scale: number;
  readonly rotationRadians: number;
  /** Added after contrast, in grey levels. */
  readonly brightness: number;
  readonly contrast: number;
  /** Patch to fill, as fractions of the side; absent: none. */
  readonly erased?: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly erasedGrey: number;
}

/** The picture as it is. */
export const noChange: FaceChange = {
  ...{ mirrored: false, shiftX: 0, shiftY: 0, scale: 1, rotationRadians: 0, brightness: 0, contrast: 1, erasedGrey: 0 },
};

/** Draws a change that leaves the expression readable. */
export function sampleFaceChange(random: Random): FaceChange {
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const change: FaceChange = {
    mirrored: random.uniform() < 0.5,
    shiftX: between(-0.08, 0.08),
    shiftY: between(-0.08, 0.08),
    scale: between(0.88, 1.18),
    rotationRadians: between(-0.21, 0.21), // ±12°
    brightness: between(-28, 28),
    contrast: between(0.75, 1.3),
    erasedGrey: random.integer(256),
  };
  if (random.uniform() >= 0.25) return change;
  const [width, height] = [between(0.12, 0.35), between(0.12, 0.35)];
  return { ...change, erased: { width, height, x: between(0, 1 - width), y: between(0, 1 - height) } };
}

/** A change that keeps a picture recognisable as the next frame of a clip. */
export function sampleFaceJitter(random: Random, base: FaceChange = noChange): FaceChange {
  const around = (centre: number, reach: number) => centre + reach * (2 * random.uniform() - 1);
  return {
    ...base,
    shiftX: around(base.shiftX, 0.02),
    shiftY: around(base.shiftY, 0.02),
    scale: around(base.scale, 0.02),
    rotationRadians: around(base.rotationRadians, 0.03),
    brightness: around(base.brightness, 4),
  };
}

/**
 * Pictures of `set` as network input.
 * @returns `[indices.length, 3, size, size]`, 0..255, the three planes equal
 */
export function faceBatch(set: FaceSet, indices: ArrayLike<number>, options: FaceBatchOptions = {}): Uint8Array {
  const { size = 112, augment } = options;
  const batch = new Uint8Array(indices.length * 3 * size * size);
  for (let row = 0; row < indices.length; row++) {
    const change = augment ? sampleFaceChange(augment) : noChange;
    drawFace(set, indices[row] as number, change, size, batch, row * 3 * size * size);
  }
  return batch;
}

/**
 * Draws picture `index` into `target` at `offset` as three equal planes of `size`×`size`, bilinear, half-pixel centres;
 * what lies outside repeats the border.
 */
export function drawFace(
  { size: side, pixels }: FaceSet,
  index: number,
  change: FaceChange,
  size: number,
  target: Uint8Array,
  offset: number,
): void {
  const step = side / (size * change.scale);
  const cosine = Math.cos(change.rotationRadians) * step;
  const sine = Math.sin(change.rotationRadians) * step;
  const half = (size - 1) / 2;
  const centre = (side - 1) / 2;
  const mirror = change.mirrored ? -1 : 1;
  const source = index * side * side;
  const last = side - 1;
  const { contrast } = change;
  const lift = 128 - 128 * contrast + change.brightness;
  for (let row = 0; row < size; row++) {
    const y = row - half - change.shiftY * size;
    for (let column = 0; column < size; column++) {
      const x = (column - half) * mirror - change.shiftX * size;
      const u = Math.min(last, Math.max(0, centre + cosine * x + sine * y));
      const v = Math.min(last, Math.max(0, centre - sine * x + cosine * y));
      const [left, top] = [Math.floor(u), Math.floor(v)];
      const [du, dv] = [u - left, v - top];
      const right = left < last ? 1 : 0;
      const corner = source + top * side + left;
      const below = corner + (top < last ? side : 0);
      const upper = pixels[corner]! + du * (pixels[corner + right]! - pixels[corner]!);
      const lower = pixels[below]! + du * (pixels[below + right]! - pixels[below]!);
      const grey = (upper + dv * (lower - upper)) * contrast + lift;
      target[offset + row * size + column] = grey <= 0 ? 0 : grey >= 255 ? 255 : grey + 0.5;
    }
  }
  if (change.erased) erase(change, size, target, offset);
  const plane = size * size;
  target.copyWithin(offset + plane, offset, offset + plane);
  target.copyWithin(offset + 2 * plane, offset, offset + plane);
}

function erase({ erased, erasedGrey }: FaceChange, size: number, target: Uint8Array, offset: number): void {
  if (!erased) return;
  const left = Math.floor(erased.x * size);
  const width = Math.ceil(erased.width * size);
  const bottom = Math.floor((erased.y + erased.height) * size);
  for (let row = Math.floor(erased.y * size); row < bottom; row++) {
    target.fill(erasedGrey, offset + row * size + left, offset + row * size + Math.min(size, left + width));
  }
}

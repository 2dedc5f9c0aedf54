import type { Random } from '@nano-emox/engine';
import { framesPerClip, type RenderedItem } from './rendered';

/** Part of a frame, as fractions of its side. */
export interface FrameWindow {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

const wholeFrame: FrameWindow = { left: 0, top: 0, side: 1 };

/** Side of a face crop in half widths of the face: the detector's box, enlarged by half as FaceXFormer does. */
const CROP_HALF_WIDTHS = 3;

/** Where a face detector would crop the face of a rendered clip; what would leave the frame is kept inside. */
export function faceWindow({ truth }: RenderedItem): FrameWindow {
  const { centerX, centerY, halfWidth } = truth.parameters.setting.camera;
  const side = Math.min(1, CROP_HALF_WIDTHS * halfWidth);
  const inside = (centre: number) => Math.min(1 - side, Math.max(0, centre - side / 2));
  return { left: inside(centerX), top: inside(centerY), side };
}

/** Draws a window near `window`, for training. */
export function jitterWindow({ left, top, side }: FrameWindow, random: Random): FrameWindow {
  const scale = 0.88 + 0.2 * random.uniform();
  const jittered = Math.min(1, side * scale);
  const place = (start: number) => {
    const moved = start + (side - jittered) / 2 + 0.08 * side * (2 * random.uniform() - 1);
    return Math.min(1 - jittered, Math.max(0, moved));
  };
  return { left: place(left), top: place(top), side: jittered };
}

/** One frame of a clip through a window, bilinear, written to `target` as `[3, size, size]`. */
export function drawFrame(
  item: RenderedItem,
  frame: number,
  { window = wholeFrame, mirrored = false }: { window?: FrameWindow; mirrored?: boolean },
  size: number,
  target: Uint8Array,
): void {
  const side = Math.round(Math.sqrt(item.frames.length / (framesPerClip * 3)));
  const step = (window.side * side) / size;
  const last = side - 1;
  for (let channel = 0; channel < 3; channel++) {
    const plane = item.frames.subarray((frame * 3 + channel) * side * side, (frame * 3 + channel + 1) * side * side);
    for (let row = 0; row < size; row++) {
      const v = Math.min(last, Math.max(0, window.top * side + (row + 0.5) * step - 0.5));
      const top = Math.floor(v);
      const bottom = Math.min(last, top + 1);
      for (let column = 0; column < size; column++) {
        const place = mirrored ? size - 1 - column : column;
        const u = Math.min(last, Math.max(0, window.left * side + (place + 0.5) * step - 0.5));
        const left = Math.floor(u);
        const right = Math.min(last, left + 1);
        const upper =
          (plane[top * side + left] as number) * (1 - u + left) + (plane[top * side + right] as number) * (u - left);
        const lower =
          (plane[bottom * side + left] as number) * (1 - u + left) +
          (plane[bottom * side + right] as number) * (u - left);
        target[(channel * size + row) * size + column] = upper * (1 - v + top) + lower * (v - top) + 0.5;
      }
    }
  }
}

import type { BoxPx } from '../rgb-image';

/** FaceXFormer widens the detected box by half its size in all, a quarter on each side, to take in hair and chin. */
export const FACEXFORMER_ENLARGEMENT = 0.5;

/**
 * The part of the picture to cut for a face: the box enlarged about its centre, cut off at the picture's edge, whole pixels.
 * @param enlargement Part of width and height added in all, 0 for none.
 * @see FaceXFormer, inference script, `adjust_bbox`
 */
export function faceCropBox(
  box: BoxPx,
  picture: { readonly width: number; readonly height: number },
  enlargement = FACEXFORMER_ENLARGEMENT,
): BoxPx {
  const marginX = (box.width * enlargement) / 2;
  const marginY = (box.height * enlargement) / 2;
  const left = Math.trunc(Math.max(0, box.x - marginX));
  const top = Math.trunc(Math.max(0, box.y - marginY));
  const right = Math.trunc(Math.min(picture.width, box.x + box.width + marginX));
  const bottom = Math.trunc(Math.min(picture.height, box.y + box.height + marginY));
  return { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}

import { clamp } from '../numbers';
import { fillPolygon } from './fill-polygon';
import type { Point } from './geometry';
import { boxBlur, type Mask } from './mask';

/** sRGB colour, each channel in [0, 1]. */
export type Color = readonly [red: number, green: number, blue: number];

/** A small floating-point RGB picture with anti-aliased, soft and shaded fills. */
export class Canvas {
  /** Interleaved RGB, nominally in [0, 1]. */
  readonly pixels: Float32Array;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.pixels = new Float32Array(width * height * 3);
  }

  mask(polygon: readonly Point[]): Mask {
    return fillPolygon(polygon, this.width, this.height);
  }

  /** Lays a colour over the picture where the mask covers it. */
  paint(mask: Mask, color: Color, alpha = 1): void {
    const [red, green, blue] = color;
    this.#visit(mask, (offset, coverage) => {
      const amount = coverage * alpha;
      const pixels = this.pixels;
      pixels[offset]! += (red - pixels[offset]!) * amount;
      pixels[offset + 1]! += (green - pixels[offset + 1]!) * amount;
      pixels[offset + 2]! += (blue - pixels[offset + 2]!) * amount;
    });
  }

  /** Lays a colour that depends on the place; `colorAt` writes into its third argument. */
  paintWith(mask: Mask, colorAt: (x: number, y: number, color: number[]) => void, alpha = 1): void {
    const color = [0, 0, 0];
    this.#visit(mask, (offset, coverage, x, y) => {
      colorAt(x, y, color);
      const amount = coverage * alpha;
      for (let channel = 0; channel < 3; channel += 1) {
        this.pixels[offset + channel]! += (color[channel]! - this.pixels[offset + channel]!) * amount;
      }
    });
  }

  /** Multiplies what is there: `factor` below 1 darkens (a shadow), above 1 lightens. */
  tint(mask: Mask, factor: Color | number, alpha = 1): void {
    const [red, green, blue] = typeof factor === 'number' ? [factor, factor, factor] : factor;
    this.#visit(mask, (offset, coverage) => {
      const amount = coverage * alpha;
      this.pixels[offset]! *= 1 + (red - 1) * amount;
      this.pixels[offset + 1]! *= 1 + (green - 1) * amount;
      this.pixels[offset + 2]! *= 1 + (blue - 1) * amount;
    });
  }

  fill(polygon: readonly Point[], color: Color, alpha = 1): Mask {
    const mask = this.mask(polygon);
    this.paint(mask, color, alpha);
    return mask;
  }

  /** Vertical gradient over the whole picture. */
  backdrop(top: Color, bottom: Color): void {
    for (let y = 0; y < this.height; y += 1) {
      const amount = y / Math.max(1, this.height - 1);
      for (let x = 0; x < this.width; x += 1) {
        const offset = (y * this.width + x) * 3;
        for (let channel = 0; channel < 3; channel += 1) {
          this.pixels[offset + channel] = top[channel]! + (bottom[channel]! - top[channel]!) * amount;
        }
      }
    }
  }

  blur(sigmaPx: number): void {
    const radius = Math.round(sigmaPx);
    if (radius > 0) boxBlur(this.pixels, this.width, this.height, 3, radius, 2);
  }

  /** Bytes in [0, 255], channels first `[3, height, width]` or interleaved `[height, width, 3]`. */
  toBytes(layout: 'chw' | 'hwc'): Uint8Array {
    const plane = this.width * this.height;
    const bytes = new Uint8Array(plane * 3);
    for (let index = 0; index < plane; index += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        const target = layout === 'chw' ? channel * plane + index : index * 3 + channel;
        bytes[target] = Math.round(clamp(this.pixels[index * 3 + channel]!) * 255);
      }
    }
    return bytes;
  }

  /** Masks that were blurred may reach beyond the canvas, so the visit is cut to it. */
  #visit(mask: Mask, visit: (offset: number, coverage: number, x: number, y: number) => void): void {
    const endX = Math.min(this.width, mask.left + mask.width);
    const endY = Math.min(this.height, mask.top + mask.height);
    for (let y = Math.max(0, mask.top); y < endY; y += 1) {
      for (let x = Math.max(0, mask.left); x < endX; x += 1) {
        const coverage = mask.values[(y - mask.top) * mask.width + x - mask.left]!;
        if (coverage > 0.002) visit((y * this.width + x) * 3, coverage, x, y);
      }
    }
  }
}

/** Blend of two colours. */
export function mixColor(from: Color, to: Color, amount: number): Color {
  return [
    from[0] + (to[0] - from[0]) * amount,
    from[1] + (to[1] - from[1]) * amount,
    from[2] + (to[2] - from[2]) * amount,
  ];
}

/** A colour made darker (`factor` < 1) or lighter. */
export function scaleColor(color: Color, factor: number): Color {
  return [clamp(color[0] * factor), clamp(color[1] * factor), clamp(color[2] * factor)];
}

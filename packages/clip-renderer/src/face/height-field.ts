import type { Canvas, Color } from '../raster/canvas';
import type { Mask } from '../raster/mask';
import type { View } from './view';

/** Where the light comes from and how hard it is. */
export interface Light {
  /** Unit-like direction to the light: x right, y down, z to the camera. */
  readonly direction: readonly [number, number, number];
  /** Share of the light that comes from everywhere, [0, 1]. */
  readonly ambient: number;
  readonly warmth: number;
}

/** Bumps end here, in standard deviations; what is left of the Gaussian is subtracted so that no step shows in the light. */
const bumpReach = 3;
const bumpFloor = Math.exp(-0.5 * bumpReach ** 2);

/**
 * Relief of the head in face units above the picture plane. Shading it with a light gives a drawn face its volume: cheeks
 * that rise in a smile, folds beside the nose and furrows between the brows all catch the light.
 */
export class HeightField {
  readonly #left: number;
  readonly #top: number;
  readonly #width: number;
  readonly #height: number;
  readonly #heights: Float32Array;

  constructor(
    private readonly head: Mask,
    private readonly view: View,
  ) {
    this.#left = head.left - 2;
    this.#top = head.top - 2;
    this.#width = head.width + 4;
    this.#height = head.height + 4;
    this.#heights = new Float32Array(this.#width * this.#height);
    this.#addSkull();
  }

  /** An egg seen from the front; it keeps a little slope at its rim so that cheeks turn away from the camera. */
  #addSkull(): void {
    const [originX, originY] = this.view.flat(0, 0);
    const { scalePx, stretchX, pose } = this.view;
    const cosine = Math.cos(pose.roll) / scalePx;
    const sine = Math.sin(pose.roll) / scalePx;
    const rim = 0.12;
    for (let row = 0, index = 0; row < this.#height; row += 1) {
      const dy = row + this.#top - originY;
      for (let column = 0; column < this.#width; column += 1, index += 1) {
        const dx = column + this.#left - originX;
        const x = (dx * cosine + dy * sine) / stretchX - 0.5 * Math.sin(pose.yaw);
        const y = dy * cosine - dx * sine - 0.5 * Math.sin(pose.pitch);
        const rest = 1.12 - x * x * 0.92 - (y * y) / 1.95;
        // Beyond the rim (a dropped chin) the slope goes on as a straight line; a flat rim would shine.
        const arch = rest > rim ? Math.sqrt(rest) : Math.sqrt(rim) + (rest - rim) / (2 * Math.sqrt(rim));
        this.#heights[index] = 0.85 * arch;
      }
    }
  }

  /** A smooth bump (or hollow, when `height` is negative) on the surface. Radii are standard deviations, face units. */
  bump(x: number, y: number, radiusX: number, radiusY: number, height: number, tilt = 0): void {
    if (Math.abs(height) < 1e-4) return;
    const [centerX, centerY] = this.view.surface(x, y);
    const angle = tilt + this.view.pose.roll;
    const scaleX = 1 / (radiusX * this.view.scalePx * this.view.stretchX);
    const scaleY = 1 / (radiusY * this.view.scalePx);
    const reach = bumpReach * Math.max(1 / scaleX, 1 / scaleY);
    const fromX = Math.max(0, Math.floor(centerX - reach - this.#left));
    const toX = Math.min(this.#width - 1, Math.ceil(centerX + reach - this.#left));
    const fromY = Math.max(0, Math.floor(centerY - reach - this.#top));
    const toY = Math.min(this.#height - 1, Math.ceil(centerY + reach - this.#top));
    const cosine = Math.cos(angle);
    const sine = Math.sin(angle);
    for (let row = fromY; row <= toY; row += 1) {
      const dy = row + this.#top - centerY;
      for (let column = fromX; column <= toX; column += 1) {
        const dx = column + this.#left - centerX;
        const u = (dx * cosine + dy * sine) * scaleX;
        const v = (dy * cosine - dx * sine) * scaleY;
        const square = u * u + v * v;
        if (square < bumpReach ** 2)
          this.#heights[row * this.#width + column]! += height * (Math.exp(-0.5 * square) - bumpFloor);
      }
    }
  }

  /** A groove or ridge along an already drawn soft line. */
  carve(line: Mask, height: number): void {
    const fromY = Math.max(line.top, this.#top);
    const toY = Math.min(line.top + line.height, this.#top + this.#height);
    const fromX = Math.max(line.left, this.#left);
    const toX = Math.min(line.left + line.width, this.#left + this.#width);
    for (let y = fromY; y < toY; y += 1) {
      for (let x = fromX; x < toX; x += 1) {
        this.#heights[(y - this.#top) * this.#width + x - this.#left]! += height * line.at(x, y);
      }
    }
  }

  /** Lights the skin already painted under the head's mask: diffuse light with a soft edge and a little sheen. */
  shade(canvas: Canvas, light: Light, sheen: number): void {
    const [lightX, lightY, lightZ] = normalised(light.direction);
    const warm: Color = [1 + 0.05 * light.warmth, 1, 1 - 0.07 * light.warmth];
    const slopeScale = this.view.scalePx * 0.5;
    const { head } = this;
    for (let row = 0; row < head.height; row += 1) {
      const y = row + head.top;
      if (y < 0 || y >= canvas.height) continue;
      for (let column = 0; column < head.width; column += 1) {
        const coverage = head.values[row * head.width + column]!;
        const x = column + head.left;
        if (coverage <= 0.002 || x < 0 || x >= canvas.width) continue;
        const at = (row + 2) * this.#width + column + 2;
        const slopeX = (this.#heights[at + 1]! - this.#heights[at - 1]!) * slopeScale;
        const slopeY = (this.#heights[at + this.#width]! - this.#heights[at - this.#width]!) * slopeScale;
        const length = Math.sqrt(1 + slopeX * slopeX + slopeY * slopeY);
        const facing = (lightZ - slopeX * lightX - slopeY * lightY) / length;
        // Wrapped diffuse: light creeps around the terminator as it does under skin.
        const diffuse = Math.max(0, (facing + 0.25) / 1.25);
        const level = light.ambient + (1.12 - light.ambient) * diffuse;
        const gloss = sheen * Math.max(0, facing) ** 24;
        const offset = (y * canvas.width + x) * 3;
        for (let channel = 0; channel < 3; channel += 1) {
          const old = canvas.pixels[offset + channel]!;
          // Shadows on skin keep more red than blue.
          const tinted = level ** (channel === 0 ? 0.85 : channel === 1 ? 1.02 : 1.1) * warm[channel]!;
          canvas.pixels[offset + channel] = old + coverage * (old * tinted + gloss * 0.5 - old);
        }
      }
    }
  }
}

function normalised([x, y, z]: readonly [number, number, number]): [number, number, number] {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

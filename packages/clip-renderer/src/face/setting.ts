import { clamp } from '../numbers';
import type { Random } from '../random';
import { type Canvas, type Color, mixColor, scaleColor } from '../raster/canvas';
import { ellipse, type Point } from '../raster/geometry';
import type { Light } from './height-field';
import type { Camera } from './view';

/** `crop`: the face fills the frame as in FER2013; `portrait`: head and shoulders; `wide`: a person in a room. */
export type Framing = 'crop' | 'portrait' | 'wide';

interface BackgroundShape {
  readonly kind: 'disc' | 'box';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly color: Color;
}

/** Place, light and camera of a clip. */
export interface Setting {
  readonly framing: Framing;
  readonly camera: Camera;
  readonly roll: number;
  readonly yaw: number;
  readonly pitch: number;
  readonly light: Light;
  readonly backdropTop: Color;
  readonly backdropBottom: Color;
  readonly shapes: readonly BackgroundShape[];
  /** Softness of the background, share of the frame. */
  readonly backgroundBlur: number;
  /** Picture quality: blur and noise as a share of full scale, gain and contrast around 1, tint in [-1, 1]. */
  readonly lensBlur: number;
  readonly noise: number;
  readonly exposure: number;
  readonly contrast: number;
  readonly temperature: number;
  readonly grayscale: boolean;
}

/** @param roughness 0 a clean studio picture … 1 the whole spread of poor cameras */
export function sampleSetting(random: Random, framing: Framing, grayscale: boolean, roughness: number): Setting {
  const halfWidth = {
    crop: random.uniform(0.36, 0.46),
    portrait: random.uniform(0.19, 0.27),
    wide: random.uniform(0.1, 0.16),
  }[framing];
  const spread = { crop: 0.03, portrait: 0.06, wide: 0.14 }[framing];
  const hue: Color = [random.uniform(0.25, 0.9), random.uniform(0.25, 0.88), random.uniform(0.25, 0.9)];
  const gray = (hue[0] + hue[1] + hue[2]) / 3;
  const wall = mixColor(hue, [gray, gray, gray], random.uniform(0.3, 0.85));
  const side = random.normal(0, 0.55);
  return {
    framing,
    camera: {
      centerX: 0.5 + random.normal(0, spread * 0.6),
      centerY: { crop: 0.5, portrait: 0.45, wide: 0.42 }[framing] + random.normal(0, spread * 0.5),
      halfWidth,
    },
    roll: clamp(random.normal(0, 0.07), -0.25, 0.25),
    yaw: clamp(random.normal(0, 0.13), -0.38, 0.38),
    pitch: clamp(random.normal(0, 0.06), -0.16, 0.16),
    light: {
      direction: [clamp(side, -1.3, 1.3), -random.uniform(0.15, 0.9), random.uniform(0.7, 1.4)],
      ambient: random.uniform(0.3, 0.62),
      warmth: random.uniform(-0.6, 1),
    },
    backdropTop: scaleColor(wall, random.uniform(0.8, 1.2)),
    backdropBottom: scaleColor(wall, random.uniform(0.55, 1)),
    shapes: Array.from({ length: random.integer(7) }, () => sampleShape(wall, random)),
    backgroundBlur: random.uniform(0.005, 0.05),
    // In proportion to the face, so that a small face keeps its expression.
    lensBlur: random.chance(0.4 * roughness) ? random.uniform(0.006, 0.017) * halfWidth : 0,
    noise: random.uniform(0, framing === 'crop' ? 0.045 : 0.03) * roughness,
    exposure: 1 + random.normal(0, 0.1) * roughness,
    contrast: 1 + random.normal(0, 0.1) * roughness,
    temperature: random.normal(0, 0.35) * roughness,
    grayscale,
  };
}

function sampleShape(wall: Color, random: Random): BackgroundShape {
  return {
    kind: random.chance(0.35) ? 'disc' : 'box',
    x: random.uniform(-0.1, 1.1),
    y: random.uniform(-0.1, 1.1),
    width: random.uniform(0.05, 0.4),
    height: random.uniform(0.05, 0.6),
    color: mixColor(
      scaleColor(wall, random.uniform(0.5, 1.4)),
      [random.next(), random.next(), random.next()],
      random.uniform(0, 0.4),
    ),
  };
}

export function drawBackground(canvas: Canvas, setting: Setting): void {
  canvas.backdrop(setting.backdropTop, setting.backdropBottom);
  const { width, height } = canvas;
  for (const shape of setting.shapes) {
    const center: Point = [shape.x * width, shape.y * height];
    const halfX = (shape.width * width) / 2;
    const halfY = (shape.height * height) / 2;
    const polygon: Point[] =
      shape.kind === 'disc'
        ? ellipse(center, halfX, halfX)
        : [
            [center[0] - halfX, center[1] - halfY],
            [center[0] + halfX, center[1] - halfY],
            [center[0] + halfX, center[1] + halfY],
            [center[0] - halfX, center[1] + halfY],
          ];
    canvas.fill(polygon, shape.color, 0.85);
  }
  canvas.blur(setting.backgroundBlur * Math.min(width, height));
}

/** What camera and compression do to the finished picture. `frameRandom` gives each frame its own noise. */
export function develop(canvas: Canvas, setting: Setting, frameRandom: Random): void {
  canvas.blur(setting.lensBlur * Math.min(canvas.width, canvas.height));
  const gains = [
    setting.exposure * (1 + 0.08 * setting.temperature),
    setting.exposure,
    setting.exposure * (1 - 0.1 * setting.temperature),
  ];
  const { pixels } = canvas;
  for (let offset = 0; offset < pixels.length; offset += 3) {
    for (let channel = 0; channel < 3; channel += 1) {
      const lit = pixels[offset + channel]! * gains[channel]!;
      // The sum of two uniforms is close enough to film grain and far cheaper than a normal draw.
      const grain = setting.noise > 0 ? setting.noise * (frameRandom.next() + frameRandom.next() - 1) * 2 : 0;
      pixels[offset + channel] = (lit - 0.5) * setting.contrast + 0.5 + grain;
    }
    if (setting.grayscale) {
      const luma = 0.299 * pixels[offset]! + 0.587 * pixels[offset + 1]! + 0.114 * pixels[offset + 2]!;
      pixels[offset] = luma;
      pixels[offset + 1] = luma;
      pixels[offset + 2] = luma;
    }
  }
}

/** Part of a picture, in its pixels. */
export interface SquarePx {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** The square in the middle of a picture. @param share of its shorter side, in (0, 1] */
export function centreSquare(width: number, height: number, share: number): SquarePx {
  const side = Math.max(1, Math.round(Math.min(width, height) * share));
  return { x: Math.round((width - side) / 2), y: Math.round((height - side) / 2), side };
}

/** Red, green, blue and opacity of each pixel to the planes red, green, blue. */
export function colourPlanes(pixels: Uint8ClampedArray): Uint8Array<ArrayBuffer> {
  const size = pixels.length / 4;
  const planes = new Uint8Array(size * 3);
  for (let pixel = 0; pixel < size; pixel++) {
    for (let colour = 0; colour < 3; colour++) planes[colour * size + pixel] = pixels[pixel * 4 + colour] as number;
  }
  return planes;
}

/** Cuts the face out of the camera's picture, and shows what the encoder sees. */
export class FaceRegion {
  private readonly context: CanvasRenderingContext2D;

  constructor(private readonly canvas: HTMLCanvasElement) {
    this.context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  }

  /** Size of the cut-out, in pixels. */
  resize(width: number, height: number): void {
    this.canvas.width = width;
    this.canvas.height = height;
    this.context.imageSmoothingQuality = 'high'; // a new size forgets it
  }

  /** The square as planes red, green, blue. */
  read(video: HTMLVideoElement, { x, y, side }: SquarePx): Uint8Array<ArrayBuffer> {
    const { width, height } = this.canvas;
    this.context.drawImage(video, x, y, side, side, 0, 0, width, height);
    return colourPlanes(this.context.getImageData(0, 0, width, height).data);
  }
}

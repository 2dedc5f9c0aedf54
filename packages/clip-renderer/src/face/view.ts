import { ellipse, type Point, smoothClosed, smoothOpen } from '../raster/geometry';

/** How the camera sees the head. */
export interface Camera {
  /** Centre of the face, as a share of the frame. */
  readonly centerX: number;
  readonly centerY: number;
  /** Half the face's width, as a share of the frame's shorter side. */
  readonly halfWidth: number;
}

/** Turn of the head, radians. */
export interface HeadPose {
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
}

/**
 * From face units to pixels. The origin is the middle of the face, x = ±1 its widest points, y grows downwards. Features lie on
 * an ellipsoid, so turning the head slides them over the outline, as it does on a real one.
 */
export class View {
  /** Pixels per face unit. */
  readonly scalePx: number;
  readonly #centerX: number;
  readonly #centerY: number;
  readonly #cosine: number;
  readonly #sine: number;

  constructor(
    camera: Camera,
    readonly pose: HeadPose,
    readonly width: number,
    readonly height: number,
    readonly stretchX: number,
  ) {
    this.scalePx = camera.halfWidth * Math.min(width, height);
    this.#centerX = camera.centerX * width;
    this.#centerY = camera.centerY * height;
    this.#cosine = Math.cos(pose.roll);
    this.#sine = Math.sin(pose.roll);
  }

  /** A feature on the face's surface. @param lift height above the surface, face units (the nose's tip about 0.2) */
  surface(x: number, y: number, lift = 0): Point {
    const depth = 0.8 * Math.sqrt(Math.max(0, 1 - (x / 1.08) ** 2 - (y / 1.5) ** 2)) + lift;
    const turnedX = x * Math.cos(this.pose.yaw) + depth * Math.sin(this.pose.yaw);
    const turnedY = y * Math.cos(this.pose.pitch) + depth * Math.sin(this.pose.pitch);
    return this.flat(turnedX, turnedY);
  }

  /** A point of the head's outline or of the body, which turning does not slide. */
  flat(x: number, y: number): Point {
    const scaledX = x * this.stretchX * this.scalePx;
    const scaledY = y * this.scalePx;
    return [
      this.#centerX + scaledX * this.#cosine - scaledY * this.#sine,
      this.#centerY + scaledX * this.#sine + scaledY * this.#cosine,
    ];
  }

  /** A point of the body, which neither rolls nor turns with the head. */
  body(x: number, y: number): Point {
    return [this.#centerX + x * this.stretchX * this.scalePx, this.#centerY + y * this.scalePx];
  }

  surfaceCurve(points: readonly Point[], steps?: number): Point[] {
    return smoothOpen(
      points.map(([x, y]) => this.surface(x, y)),
      steps,
    );
  }

  surfaceShape(points: readonly Point[], steps?: number): Point[] {
    return smoothClosed(
      points.map(([x, y]) => this.surface(x, y)),
      steps,
    );
  }

  flatShape(points: readonly Point[], steps?: number): Point[] {
    return smoothClosed(
      points.map(([x, y]) => this.flat(x, y)),
      steps,
    );
  }

  spot(x: number, y: number, radiusX: number, radiusY: number, tilt = 0, lift = 0): Point[] {
    const center = this.surface(x, y, lift);
    return ellipse(center, radiusX * this.scalePx * this.stretchX, radiusY * this.scalePx, tilt + this.pose.roll);
  }
}

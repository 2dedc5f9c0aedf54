/** Cosine of the angle between two feature vectors: 1 the same direction, 0 none in common, −1 the opposite. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [product, squareA, squareB] = [0, 0, 0];
  for (let index = 0; index < a.length; index++) {
    const [left, right] = [a[index] as number, b[index] as number];
    product += left * right;
    squareA += left * left;
    squareB += right * right;
  }
  return squareA === 0 || squareB === 0 ? 0 : product / Math.sqrt(squareA * squareB);
}

/** How far back the trace reaches. */
export const TRACE_SECONDS = 10;

/** A likeness and when it was. */
export interface LikenessPoint {
  readonly atMs: number;
  readonly likeness: number;
}

/** Likeness of the face to a moment that is kept, over the last seconds. */
export class LikenessTrace {
  private kept: Float32Array | undefined;
  private latest: Float32Array | undefined;
  points: LikenessPoint[] = [];

  /** The first features are kept. */
  add(features: Float32Array, atMs: number): void {
    this.kept ??= features;
    this.latest = features;
    this.points.push({ atMs, likeness: cosine(features, this.kept) });
    const from = atMs - TRACE_SECONDS * 1000;
    this.points = this.points.filter((point) => point.atMs >= from);
  }

  /** From now on likeness is that to the latest features. */
  keepThisMoment(): void {
    this.kept = this.latest;
    this.points = [];
  }
}

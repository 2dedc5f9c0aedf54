/** Neighbouring values of a curve taken together. */
export interface CurvePoint {
  /** Mean step. */
  readonly step: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
}

interface Bucket {
  index: number;
  count: number;
  stepSum: number;
  sum: number;
  minimum: number;
  maximum: number;
}

/** Points of a chart: more than a screen shows. */
const MAX_POINTS = 600;

/**
 * A curve of any length in bounded memory: when it has too many points, neighbours are merged and the steps that one point
 * covers double. Values that are not finite are left out.
 */
export class Curve {
  private buckets: Bucket[] = [];
  private stepsPerBucket = 1;

  /** Adds a value; steps must not fall. */
  add(step: number, value: number): void {
    if (!Number.isFinite(value) || !Number.isFinite(step)) return;
    const bucket = {
      index: Math.floor(step / this.stepsPerBucket),
      count: 1,
      stepSum: step,
      sum: value,
      minimum: value,
      maximum: value,
    };
    append(this.buckets, bucket);
    while (this.buckets.length > MAX_POINTS) this.merge();
  }

  get points(): CurvePoint[] {
    return this.buckets.map(({ count, stepSum, sum, minimum, maximum }) => ({
      step: stepSum / count,
      minimum,
      maximum,
      mean: sum / count,
    }));
  }

  private merge(): void {
    this.stepsPerBucket *= 2;
    const merged: Bucket[] = [];
    for (const bucket of this.buckets) append(merged, { ...bucket, index: Math.floor(bucket.index / 2) });
    this.buckets = merged;
  }
}

function append(buckets: Bucket[], bucket: Bucket): void {
  const last = buckets.at(-1);
  if (last === undefined || last.index !== bucket.index) {
    buckets.push(bucket);
    return;
  }
  last.count += bucket.count;
  last.stepSum += bucket.stepSum;
  last.sum += bucket.sum;
  last.minimum = Math.min(last.minimum, bucket.minimum);
  last.maximum = Math.max(last.maximum, bucket.maximum);
}

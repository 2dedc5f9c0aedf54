/** Exponential moving average that starts unbiased: after the first value it is that value. Values that are not finite are passed over. */
export class MovingAverage {
  private sum = 0;
  private weight = 0;

  /** @param horizon - about how many values count */
  constructor(private readonly horizon: number) {}

  /** Adds a value and returns the average; undefined before the first finite value. */
  add(value: number): number | undefined {
    if (Number.isFinite(value)) {
      const decay = 1 - 1 / this.horizon;
      this.sum = decay * this.sum + value;
      this.weight = decay * this.weight + 1;
    }
    return this.value;
  }

  get value(): number | undefined {
    return this.weight === 0 ? undefined : this.sum / this.weight;
  }
}

/** Average of the loss over a phase of so many steps: a twentieth of them counts, at least 5 and at most 100. */
export const lossAverage = (steps: number): MovingAverage => new MovingAverage(Math.min(100, Math.max(5, steps / 20)));

/** Samples of one quantity, summed up. */
export interface Spread {
  /** The middle one, or the mean of the two in the middle. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @param samples at least one */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  const [below, above] = [sorted[Math.floor(half)], sorted[Math.ceil(half)]] as [number, number];
  return { median: (below + above) / 2, min: sorted[0] as number, max: sorted.at(-1) as number };
}

/** The same of something that falls where the quantity grows, such as a rate of a time. */
export function inverted({ median, min, max }: Spread, of: (value: number) => number): Spread {
  return { median: of(median), min: of(max), max: of(min) };
}

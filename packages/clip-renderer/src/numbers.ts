/** `value` held inside [low, high]. */
export function clamp(value: number, low = 0, high = 1): number {
  return value < low ? low : Math.min(value, high);
}

/** Linear blend, `amount` 0 gives `from`, 1 gives `to`. */
export function mix(from: number, to: number, amount: number): number {
  return from + (to - from) * amount;
}

/** Smooth 0 → 1 ramp between two edges (cubic, flat at both ends). */
export function smoothStep(from: number, to: number, value: number): number {
  const position = clamp((value - from) / (to - from));
  return position * position * (3 - 2 * position);
}

/** Beyond this, erf differs from ±1 by less than half a unit in the last place: erfc(6) ≈ 2·10⁻¹⁷. */
const SATURATION = 6;

/** Terms below this share of the sum no longer change it. */
const NEGLIGIBLE = Number.EPSILON / 4;

/**
 * Gauss error function, absolute error below 10⁻¹⁵: `2/√π · exp(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n + 1))`, a series of terms of
 * one sign, so nothing cancels.
 * @see Abramowitz & Stegun, Handbook of Mathematical Functions, 7.1.6
 */
export function errorFunction(x: number): number {
  if (Math.abs(x) >= SATURATION) return Math.sign(x);
  let term = x;
  let sum = 0;
  for (let odd = 3; Math.abs(term) > Math.abs(sum) * NEGLIGIBLE; odd += 2) {
    sum += term;
    term *= (2 * x * x) / odd;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

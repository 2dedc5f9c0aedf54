/**
 * Linear resampling of `from` points to `to` points as a row-major matrix `[to, from]`, with half-pixel centres and clamped edges
 * (`align_corners = false` in PyTorch). Rows sum to 1. Columns sum to `to / from` when that is a whole number, which is why the mean
 * of a map survives its upsampling.
 */
export function interpolationMatrix(from: number, to: number): Float32Array {
  const matrix = new Float32Array(to * from);
  for (let target = 0; target < to; target++) {
    const source = Math.max(((target + 0.5) * from) / to - 0.5, 0);
    const lower = Math.min(Math.floor(source), from - 1);
    const upper = Math.min(lower + 1, from - 1);
    const fraction = source - lower;
    matrix[target * from + lower] = 1 - fraction;
    matrix[target * from + upper] = (matrix[target * from + upper] as number) + fraction;
  }
  return matrix;
}

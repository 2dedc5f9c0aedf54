/** A number with four significant digits; 0.0003 and below as powers of ten. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  const magnitude = Math.abs(value);
  if (magnitude < 1e-3 || magnitude >= 1e7) return value.toExponential(2);
  return magnitude >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(4);
}

/** A length of time, such as `2 h 05 min`, `3 min 20 s` or `1.5 s`. */
export function formatDuration(durationMs: number): string {
  if (!Number.isFinite(durationMs) || durationMs < 0) return 'unknown';
  if (durationMs < 59_950) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  const two = (part: number) => String(Math.floor(part)).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ${two((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${two((seconds % 86_400) / 3600)} h`;
}

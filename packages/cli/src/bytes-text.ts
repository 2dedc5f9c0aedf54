/** A size for people: `512 B`, `3.4 MB`, in steps of 1000. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${step === 0 ? bytes : (bytes / 1000 ** step).toFixed(1)} ${units[step]}`;
}

/** `37 % of 1.2 GB`. */
export const progressText = (doneBytes: number, totalBytes: number): string =>
  `${totalBytes === 0 ? 100 : Math.floor((100 * doneBytes) / totalBytes)} % of ${bytesText(totalBytes)}`;

/** Length of one level measurement. */
const windowMs = 20;
/** Kept before and after what is heard. */
const marginMs = 100;
/** A window is heard when its level is at most this far below the loudest. */
const rangeDb = 35;

/**
 * The stretch between the first and the last window that is heard, with a margin. A silent recording is kept whole.
 * @param samples mono, any scale
 */
export function activeRange(
  samples: Float32Array,
  sampleRateHz: number,
): { readonly start: number; readonly end: number } {
  const windowSamples = Math.round((windowMs * sampleRateHz) / 1000);
  const marginSamples = Math.round((marginMs * sampleRateHz) / 1000);
  const powers: number[] = [];
  for (let start = 0; start < samples.length; start += windowSamples) {
    const window = samples.subarray(start, start + windowSamples);
    powers.push(window.reduce((sum, value) => sum + value * value, 0) / window.length);
  }
  const threshold = Math.max(...powers) * 10 ** (-rangeDb / 10);
  const first = powers.findIndex((power) => power >= threshold);
  const last = powers.findLastIndex((power) => power >= threshold);
  return {
    start: Math.max(0, first * windowSamples - marginSamples),
    end: Math.min(samples.length, (last + 1) * windowSamples + marginSamples),
  };
}

const SAMPLE_RATE_HZ = 16_000;

const melOf = (frequencyHz: number) => 2595 * Math.log10(1 + frequencyHz / 700);
const frequencyOf = (mel: number) => 700 * (10 ** (mel / 2595) - 1);

/** Weight of each bin in each band. */
export function melFilters(bands: number, windowSamples: number): number[][] {
  const top = melOf(SAMPLE_RATE_HZ / 2);
  const corners = Array.from({ length: bands + 2 }, (_, index) => frequencyOf((index * top) / (bands + 1)));
  return Array.from({ length: bands }, (_, band) => {
    const [low, centre, high] = corners.slice(band, band + 3) as [number, number, number];
    return Array.from({ length: windowSamples / 2 + 1 }, (_, bin) => {
      const frequencyHz = (bin * SAMPLE_RATE_HZ) / windowSamples;
      const rising = (frequencyHz - low) / (centre - low);
      const falling = (high - frequencyHz) / (high - centre);
      return Math.max(0, Math.min(rising, falling));
    });
  });
}

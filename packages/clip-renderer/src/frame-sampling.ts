/** Frame rate the renderer's videos have and at which frames are counted. */
export const framesPerSecond = 25;

/**
 * Times of the frames a model sees: of the L frames of the clip those with index floor(k · L / 8), as in the paper's uniform
 * sampling (start-aligned: the first frame always, the last one never). With fewer frames than asked the last is repeated.
 */
export function sampledFrameTimes(durationSeconds: number, count = 8): number[] {
  const total = Math.max(1, Math.floor(durationSeconds * framesPerSecond));
  const available = Math.min(count, total);
  return Array.from({ length: count }, (_, k) => {
    const index = Math.floor((Math.min(k, available - 1) * total) / available);
    return index / framesPerSecond;
  });
}

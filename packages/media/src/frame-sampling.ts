import { InvalidArgumentError } from '@nano-emox/tensor-contract';

/**
 * Which frames of a video stand for it. `start-aligned` is the published rule: frame `floor(k·L/m)`, so the first frame is
 * always taken and the last is not. `cover-end` spreads evenly from the first to the last frame. `centre` takes the middle
 * frame of each of the equal parts.
 */
export type FrameSampling = 'start-aligned' | 'cover-end' | 'centre';

/**
 * Indices of `count` frames out of a video of `total`; a shorter video gives all its frames, then repeats the last.
 * @param total Frames in the video, at least 1.
 * @param count Frames wanted, at least 1.
 * @returns `count` indices, not decreasing, each in `0 .. total − 1`
 * @throws InvalidArgumentError
 * @see Nano-EmoX reference code, uniform sampling with 8 frames
 */
export function frameIndices(total: number, count: number, sampling: FrameSampling = 'start-aligned'): number[] {
  for (const [argument, value] of Object.entries({ total, count })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new InvalidArgumentError({
        message: `frameIndices: ${argument} is ${value}`,
        hint: 'Pass a whole number of at least 1.',
        argument,
      });
    }
  }
  const taken = Math.min(count, total);
  const rules: Record<FrameSampling, (k: number) => number> = {
    'start-aligned': (k) => Math.floor((k * total) / taken),
    'cover-end': (k) => (taken === 1 ? 0 : Math.floor((k * (total - 1)) / (taken - 1))),
    centre: (k) => Math.floor(((2 * k + 1) * total) / (2 * taken)),
  };
  const rule = rules[sampling];
  if (!rule) {
    throw new InvalidArgumentError({
      message: `frameIndices: unknown sampling '${sampling}'`,
      hint: `Pass one of ${Object.keys(rules).join(', ')}.`,
      argument: 'sampling',
    });
  }
  return Array.from({ length: count }, (_, k) => rule(Math.min(k, taken - 1)));
}

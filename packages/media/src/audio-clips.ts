import { type FloatTensor, floatTensor, InvalidArgumentError } from '@nano-emox/tensor-contract';

/**
 * Where the clips of a recording start. `pytorchvideo-0.1.5` is the pinned published rule, `i·(D − clip)/clips`, which
 * never reaches the end of the recording; `cover-end` divides by `clips − 1`, as later versions of that library do.
 */
export type ClipSampling = 'pytorchvideo-0.1.5' | 'cover-end';

/**
 * First samples of `clips` clips in a recording that is at least one clip long. Whole-number arithmetic, rounded down.
 * @param totalSamples Length of the recording; less than a clip counts as one clip.
 * @throws InvalidArgumentError
 * @see pytorchvideo 0.1.5, `ConstantClipsPerVideoSampler`
 */
export function clipStarts(
  totalSamples: number,
  clipSamples: number,
  clips: number,
  sampling: ClipSampling = 'pytorchvideo-0.1.5',
): number[] {
  for (const [argument, value] of Object.entries({ clipSamples, clips })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new InvalidArgumentError({
        message: `clipStarts: ${argument} is ${value}`,
        hint: 'Pass a whole number of at least 1.',
        argument,
      });
    }
  }
  if (sampling !== 'pytorchvideo-0.1.5' && sampling !== 'cover-end') {
    throw new InvalidArgumentError({
      message: `clipStarts: unknown sampling '${sampling}'`,
      hint: "Pass 'pytorchvideo-0.1.5' or 'cover-end'.",
      argument: 'sampling',
    });
  }
  const spare = Math.max(0, totalSamples - clipSamples);
  const divisor = sampling === 'cover-end' ? Math.max(1, clips - 1) : clips;
  return Array.from({ length: clips }, (_, clip) => Math.floor((clip * spare) / divisor));
}

/** Takes the mean off `samples`, in place. */
export function removeMean(samples: Float32Array): void {
  let sum = 0;
  for (const sample of samples) sum += sample;
  const mean = sum / samples.length;
  for (let index = 0; index < samples.length; index++) samples[index] = samples[index]! - mean;
}

/** Options of {@link cutClips}. */
export interface CutClipsOptions {
  /** @default 8 */
  readonly clips?: number | undefined;
  /** @default 32000, two seconds at 16 kHz */
  readonly clipSamples?: number | undefined;
  /** @default 'pytorchvideo-0.1.5' */
  readonly clipSampling?: ClipSampling | undefined;
  /**
   * Whether each clip loses its own mean. The published pipeline does this as a side effect of computing spectrograms that
   * it then throws away, and its encoder was trained on the result. @default true
   */
  readonly removeClipMean?: boolean | undefined;
}

/**
 * Cuts a recording into evenly spread clips; a recording shorter than a clip is first padded with zeros at its end.
 * @param samples float32 mono.
 * @returns float32 `[clips, samples]`
 * @throws InvalidArgumentError
 */
export function cutClips(samples: Float32Array, options: CutClipsOptions = {}): FloatTensor {
  const { clips = 8, clipSamples = 32_000, clipSampling, removeClipMean = true } = options;
  const starts = clipStarts(samples.length, clipSamples, clips, clipSampling);
  const data = new Float32Array(clips * clipSamples);
  starts.forEach((start, clip) => {
    const row = data.subarray(clip * clipSamples, (clip + 1) * clipSamples);
    row.set(samples.subarray(start, start + clipSamples));
    if (removeClipMean) removeMean(row);
  });
  return floatTensor(data, [clips, clipSamples]);
}

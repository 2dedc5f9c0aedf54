import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { ClipSampling } from './audio-clips';
import type { MediaEventListener } from './events';
import type { CropFacesOptions, FaceCropMode } from './faces/crop-faces';
import type { FrameSampling } from './frame-sampling';
import { OUTPUT_SAMPLE_RATE_HZ } from './libav/audio-samples';
import type { ChannelMix } from './libav/sample-format';
import type { Interpolation } from './resize';

/** Options of `loadClip`. */
export interface LoadClipOptions {
  /** Number of frames. @default 8 */
  readonly frames?: number | undefined;
  /** Side of the square that frames are squashed to, in pixels. @default 224 */
  readonly frameSizePx?: number | undefined;
  /** Side of the square that the face encoder will see, in pixels. @default frameSizePx */
  readonly faceSizePx?: number | undefined;
  /** @default 'start-aligned' */
  readonly frameSampling?: FrameSampling | undefined;
  /** Filter of the resize; the published reader's own is not documented. @default 'bicubic' */
  readonly interpolation?: Interpolation | undefined;
  /** Whether the rotation a phone stores beside the video is carried out. @default true */
  readonly applyRotation?: boolean | undefined;
  /**
   * What the face encoder will see: `whole-frame` gives it the same frames, as the published training code does; `detect`
   * finds the face and crops, as the paper means it and FaceXFormer expects. `detect` needs the optional peers.
   * @default 'whole-frame'
   */
  readonly faceCrop?: FaceCropMode | undefined;
  /** How faces are found and cropped; see {@link CropFacesOptions}. */
  readonly faces?: Omit<CropFacesOptions, 'sizePx' | 'signal' | 'onEvent'> | undefined;
  /** Number of audio clips. @default 8 */
  readonly clips?: number | undefined;
  /** Length of one audio clip. @default 2 */
  readonly clipSeconds?: number | undefined;
  /** @default 'pytorchvideo-0.1.5' */
  readonly clipSampling?: ClipSampling | undefined;
  /** Whether each audio clip loses its own mean. @default true */
  readonly removeClipMean?: boolean | undefined;
  /** @default 'mean' */
  readonly channelMix?: ChannelMix | undefined;
  /** Whether `audio.samples` holds the whole track; only for sound up to 10 minutes. @default false */
  readonly keepSamples?: boolean | undefined;
  /** Tracks without which the clip is of no use; a missing one is then an error, not a warning. @default [] */
  readonly require?: readonly ('video' | 'audio')[] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: MediaEventListener | undefined;
}

/** {@link LoadClipOptions} with every default filled in. */
export type ResolvedClipOptions = ReturnType<typeof resolveClipOptions>;

/** @throws InvalidArgumentError */
export function resolveClipOptions(options: LoadClipOptions) {
  const resolved = {
    frames: options.frames ?? 8,
    frameSizePx: options.frameSizePx ?? 224,
    faceSizePx: options.faceSizePx ?? options.frameSizePx ?? 224,
    frameSampling: options.frameSampling ?? 'start-aligned',
    interpolation: options.interpolation ?? 'bicubic',
    applyRotation: options.applyRotation ?? true,
    faceCrop: options.faceCrop ?? 'whole-frame',
    faces: options.faces ?? {},
    clips: options.clips ?? 8,
    clipSamples: (options.clipSeconds ?? 2) * OUTPUT_SAMPLE_RATE_HZ,
    clipSampling: options.clipSampling ?? 'pytorchvideo-0.1.5',
    removeClipMean: options.removeClipMean ?? true,
    channelMix: options.channelMix ?? 'mean',
    keepSamples: options.keepSamples ?? false,
    require: options.require ?? [],
    signal: options.signal,
    onEvent: options.onEvent,
  } as const;
  const { frames, frameSizePx, faceSizePx, clips, clipSamples } = resolved;
  for (const [argument, value] of Object.entries({ frames, frameSizePx, faceSizePx, clips, clipSamples })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new InvalidArgumentError({
        message: `loadClip: ${argument} is ${value}`,
        hint: 'Pass a whole number of at least 1; clipSeconds must come to whole samples at 16 kHz.',
        argument,
      });
    }
  }
  const choices = {
    frameSampling: ['start-aligned', 'cover-end', 'centre'],
    interpolation: ['bicubic', 'bilinear'],
    faceCrop: ['detect', 'whole-frame'],
    clipSampling: ['pytorchvideo-0.1.5', 'cover-end'],
    channelMix: ['mean', 'mean-if-stereo'],
  } as const;
  for (const [argument, allowed] of Object.entries(choices)) {
    const value = resolved[argument as keyof typeof choices];
    if (!(allowed as readonly string[]).includes(value)) {
      throw new InvalidArgumentError({
        message: `loadClip: ${argument} is '${value}'`,
        hint: `Pass one of ${allowed.join(', ')}.`,
        argument,
      });
    }
  }
  return resolved;
}

import type { HostTensor } from '@nano-emox/tensor-contract';
import { type FaceCrop, FaceCropper } from './faces/crop-faces';
import { frameIndices } from './frame-sampling';
import type { MediaInput } from './libav/open-input';
import type { PacketScan } from './libav/scan-packets';
import { readSelectedFrames, type SelectedFrame } from './libav/selected-frames';
import type { ResolvedClipOptions } from './load-clip-options';
import { resize } from './resize';
import { type RgbImage, toFrameTensor } from './rgb-image';
import type { WarningList } from './warnings';

/** Frames of a clip. */
export interface ClipVideo {
  /** uint8 `[frames, 3, height, width]`, RGB, 0..255, squashed to a square. */
  readonly frames: HostTensor<'uint8'>;
  /** uint8 `[frames, 3, height, width]`: face crops with `faceCrop: 'detect'`, else whole frames; of equal size, the same tensor as `frames`. */
  readonly faceFrames: HostTensor<'uint8'>;
  /** One entry per frame with `faceCrop: 'detect'`, else empty. */
  readonly faces: readonly FaceCrop[];
  /** Position of each frame in the video, from 0. */
  readonly frameIndices: readonly number[];
  /** Time of each frame after the start of the video. */
  readonly timesSeconds: readonly number[];
  /** Size of the video as shown, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
  /** Number of frames in the whole video. */
  readonly frameCount: number;
}

/** Reads the frames of a clip; `undefined`, with a warning, when none can be decoded. */
export async function loadVideo(
  input: MediaInput,
  scan: PacketScan,
  options: ResolvedClipOptions,
  warnings: WarningList,
  where: string,
): Promise<ClipVideo | undefined> {
  const { frames, frameSizePx, faceSizePx, frameSampling, interpolation, applyRotation, faceCrop, signal, onEvent } =
    options;
  const cropper =
    faceCrop === 'detect'
      ? await FaceCropper.open({ ...options.faces, sizePx: faceSizePx, signal, onEvent }, frames)
      : undefined;
  const isShared = !cropper && faceSizePx === frameSizePx;
  let read: { frame: Omit<SelectedFrame, 'image'>; image: RgbImage; face: FaceCrop | undefined; crop: RgbImage }[] = [];
  let sizePx = { width: 0, height: 0 };
  // The face of one frame is looked for while the next is decoded, so that two pictures in full size are held at most.
  let looking: Promise<void> = Promise.resolve();
  const look = async ({ image, ...frame }: SelectedFrame): Promise<void> => {
    const cropping = cropper?.crop(image);
    const squashed = resize(image, frameSizePx, frameSizePx, interpolation);
    const whole = isShared ? squashed : resize(image, faceSizePx, faceSizePx, interpolation);
    const cropped = await cropping;
    read.push({ frame, image: squashed, face: cropped?.face, crop: cropped?.image ?? whole });
    onEvent?.({ type: 'frames-delta', decodedFrames: read.length, totalFrames: frames });
  };
  try {
    onEvent?.({ type: 'frames-start', totalFrames: frames });
    const frameCount = await readSelectedFrames(input, scan, {
      pick: (total) => frameIndices(total, frames, frameSampling),
      applyRotation,
      where,
      signal,
      warnings,
      onRestart: async () => {
        await looking;
        read = [];
        cropper?.restart();
      },
      onFrame: async (frame) => {
        sizePx = { width: frame.image.width, height: frame.image.height };
        await looking;
        looking = look(frame);
        looking.catch(() => undefined); // awaited before the next frame and at the end
      },
    });
    await looking;
    if (frameCount === 0 || read.length === 0) {
      warnings.add('empty-video-track', 'No picture of the video track can be decoded');
      return undefined;
    }
    if (frameCount < frames) {
      warnings.add('short-video', `The video has ${frameCount} of ${frames} frames; the last was repeated`, {
        frameCount,
      });
    }
    // A short video repeats its last frame; the same index always means the same pictures.
    const byIndex = new Map(read.map((entry) => [entry.frame.index, entry]));
    const chosen = frameIndices(frameCount, frames, frameSampling).map((index) => byIndex.get(index)!);
    onEvent?.({ type: 'frames-end', totalFrames: frames });
    cropper?.finish(warnings);
    const frameTensor = toFrameTensor(chosen.map(({ image }) => image));
    return {
      frames: frameTensor,
      faceFrames: isShared ? frameTensor : toFrameTensor(chosen.map(({ crop }) => crop)),
      faces: chosen.flatMap(({ face }) => (face ? [face] : [])),
      frameIndices: chosen.map(({ frame }) => frame.index),
      timesSeconds: chosen.map(({ frame }) => frame.timeSeconds),
      ...sizePx,
      durationSeconds: videoSeconds(input, scan, frameCount),
      frameCount,
    };
  } finally {
    await Promise.allSettled([looking]); // after a failure, too, nothing goes on behind the caller's back
    await cropper?.dispose();
  }
}

function videoSeconds({ video }: MediaInput, scan: PacketScan, frameCount: number): number {
  const unit = video?.timeBase.toDouble() ?? 0;
  const rate = video?.avgFrameRate;
  const frameLength = scan.lastFrameLength || (rate && rate.num > 0 && unit > 0 ? rate.den / rate.num / unit : 0);
  if (!scan.videoTimes) return frameCount * frameLength * unit;
  return (scan.videoTimes.at(-1)! - scan.videoTimes[0]! + frameLength) * unit;
}

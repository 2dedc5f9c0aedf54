import { type HostTensor, InvalidArgumentError, throwIfAborted } from '@nano-emox/tensor-contract';
import type { MediaEventListener } from '../events';
import { type Interpolation, resize } from '../resize';
import { type BoxPx, cropImage, type RgbImage, toFrameTensor } from '../rgb-image';
import { type MediaWarning, WarningList } from '../warnings';
import { FACEXFORMER_ENLARGEMENT, faceCropBox } from './face-box';
import { type DetectedFace, FaceDetector, type FaceDetectorOptions } from './face-detector';
import { sharpness } from './sharpness';

/** What the face encoder sees: the face alone, or the whole picture as in the published training code. */
export type FaceCropMode = 'detect' | 'whole-frame';

/** Options of {@link cropFaces}. */
export interface CropFacesOptions extends FaceDetectorOptions {
  /** Side of the square crops, in pixels. @default 224 */
  readonly sizePx?: number | undefined;
  /** Part of the box's width and height added in all. @default 0.5 */
  readonly enlargement?: number | undefined;
  /** Which of several faces is taken. @default 'largest' */
  readonly select?: 'largest' | 'highest-score' | undefined;
  /** @default 'bicubic' */
  readonly interpolation?: Interpolation | undefined;
  /** A detector to use again and again; it is not disposed. Without it, one is started and ended for the call. */
  readonly detector?: FaceDetector | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: MediaEventListener | undefined;
}

/** What was found in one frame and what was cut out of it. */
export interface FaceCrop {
  /** Whether a face was found; if not, the crop is the whole frame. */
  readonly faceFound: boolean;
  /** The detector's box in pixels of the frame, without enlargement. */
  readonly boxPx: BoxPx | undefined;
  /** The part of the frame in the crop, whole pixels. */
  readonly cropPx: BoxPx;
  /** 0..1; `undefined` without a face. */
  readonly score: number | undefined;
  /** Number of faces in the frame. */
  readonly faceCount: number;
  readonly quality: {
    /** Shorter side of the face's box, in pixels of the frame; 0 without a face. */
    readonly faceSizePx: number;
    /** Part of the frame's area that the face takes, 0..1. */
    readonly areaFraction: number;
    /** Variance of the Laplacian of the crop at its final size. */
    readonly sharpness: number;
  };
}

/** Crops of several frames. */
export interface CroppedFaces {
  /** uint8 `[frames, 3, sizePx, sizePx]`, RGB. */
  readonly frames: HostTensor<'uint8'>;
  readonly faces: readonly FaceCrop[];
  readonly warnings: readonly MediaWarning[];
}

/** Cuts faces frame by frame, for callers that do not hold all frames at once. */
export class FaceCropper {
  private checkedFrames = 0;
  private facesFound = 0;
  private missing: number[] = [];

  private constructor(
    private readonly options: CropFacesOptions,
    private readonly detector: FaceDetector,
    private readonly totalFrames: number,
  ) {}

  /** @throws InvalidArgumentError */
  static async open(options: CropFacesOptions, totalFrames: number): Promise<FaceCropper> {
    const { sizePx = 224, enlargement = FACEXFORMER_ENLARGEMENT } = options;
    if (!Number.isInteger(sizePx) || sizePx < 1 || !(enlargement >= 0)) {
      throw new InvalidArgumentError({
        message: `cropFaces: sizePx is ${sizePx}, enlargement is ${enlargement}`,
        hint: 'Pass a whole number of pixels and an enlargement of at least 0.',
        argument: 'options',
      });
    }
    const cropper = new FaceCropper(options, options.detector ?? new FaceDetector(options), totalFrames);
    options.onEvent?.({ type: 'face-detection-start', totalFrames });
    return cropper;
  }

  /** @throws MissingDependencyError, AbortedError, ExecutionError */
  async crop(image: RgbImage): Promise<{ readonly face: FaceCrop; readonly image: RgbImage }> {
    const { sizePx = 224, enlargement, interpolation = 'bicubic', select = 'largest', signal, onEvent } = this.options;
    const found = await this.detector.detect(image, { signal });
    const area = ({ boxPx }: DetectedFace) => boxPx.width * boxPx.height;
    const best = select === 'largest' ? [...found].sort((a, b) => area(b) - area(a))[0] : found[0];
    const wanted = best && faceCropBox(best.boxPx, image, enlargement);
    // A box that lies outside the picture leaves nothing to cut; that is as good as no face.
    const face = wanted && wanted.width > 0 && wanted.height > 0 ? best : undefined;
    const cropPx = face && wanted ? wanted : { x: 0, y: 0, width: image.width, height: image.height };
    const crop = resize(cropImage(image, cropPx), sizePx, sizePx, interpolation);
    if (face) this.facesFound++;
    else this.missing.push(this.checkedFrames);
    this.checkedFrames++;
    onEvent?.({ type: 'face-detection-delta', checkedFrames: this.checkedFrames, totalFrames: this.totalFrames });
    return {
      image: crop,
      face: {
        faceFound: face !== undefined,
        boxPx: face?.boxPx,
        cropPx,
        score: face?.score,
        faceCount: found.length,
        quality: {
          faceSizePx: face ? Math.min(face.boxPx.width, face.boxPx.height) : 0,
          areaFraction: face ? Math.min(1, area(face) / (image.width * image.height)) : 0,
          sharpness: sharpness(crop),
        },
      },
    };
  }

  /** Forgets the frames so far; they will come again. */
  restart(): void {
    this.checkedFrames = 0;
    this.facesFound = 0;
    this.missing = [];
  }

  /** Reports the end, and the frames without a face. */
  finish(warnings: WarningList): void {
    const { totalFrames, facesFound, missing, checkedFrames } = this;
    this.options.onEvent?.({ type: 'face-detection-end', totalFrames, facesFound });
    if (missing.length > 0) {
      warnings.add(
        'no-face',
        `No face in ${missing.length} of ${checkedFrames} frames; there the whole frame is used`,
        {
          frames: missing,
          checkedFrames,
        },
      );
    }
  }

  /** Ends the detector unless it is the caller's. */
  async dispose(): Promise<void> {
    if (!this.options.detector) await this.detector.dispose();
  }
}

/**
 * Finds the face in each picture and cuts it out by FaceXFormer's rule: the box enlarged by half, cut off at the edge,
 * resized to a square. Where there is no face the whole picture is used, and said so.
 * @returns uint8 `[frames, 3, sizePx, sizePx]`, one {@link FaceCrop} per frame, warnings
 * @throws MissingDependencyError when the optional peers are not installed, InvalidArgumentError, AbortedError
 * @example
 * const { frames, faces } = await cropFaces([decoded]);
 * faces[0]?.faceFound; // true
 * @see FaceXFormer, inference script
 */
export async function cropFaces(images: readonly RgbImage[], options: CropFacesOptions = {}): Promise<CroppedFaces> {
  throwIfAborted(options.signal, 'cropFaces');
  const cropper = await FaceCropper.open(options, images.length);
  try {
    const crops: RgbImage[] = [];
    const faces: FaceCrop[] = [];
    for (const image of images) {
      const { image: crop, face } = await cropper.crop(image);
      crops.push(crop);
      faces.push(face);
    }
    const warnings = new WarningList();
    cropper.finish(warnings);
    return { frames: toFrameTensor(crops), faces, warnings: warnings.toArray() };
  } finally {
    await cropper.dispose();
  }
}

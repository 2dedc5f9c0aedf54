import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  cropFaces,
  decodeImage,
  type FaceDetector,
  frameIndices,
  type LoadClipOptions,
  loadClip,
  type RgbImage,
  resizeBicubic,
  toFrameTensor,
} from '@nano-emox/media';
import type { SampleMedia } from '@nano-emox/tasks/datasets';
import { InvalidMediaError, MissingFileError } from '@nano-emox/tensor-contract';
import type { EncoderInputs } from './frozen-encoders';

/** How clips are sampled; everything here is part of what their features depend on. */
export type MediaOptions = Required<
  Pick<LoadClipOptions, 'frames' | 'frameSizePx' | 'faceSizePx' | 'clips' | 'faceCrop'>
> & {
  readonly frames: number;
  readonly frameSizePx: number;
  readonly faceSizePx: number;
};

interface ReadOptions {
  /** Needed to detect faces. */
  readonly detector?: FaceDetector | undefined;
  readonly signal?: AbortSignal | undefined;
}

const PICTURE = /\.(jpe?g|png|bmp)$/i;

/** Files that a row's media consist of, in a fixed order. @throws MissingFileError */
export async function mediaFiles(media: SampleMedia = {}): Promise<readonly string[]> {
  const paths = [media.video, media.audio, media.image].filter((path) => path !== undefined);
  const files: string[] = [];
  for (const path of paths) files.push(...((await isFolder(path)) ? await picturesIn(path) : [path]));
  return files;
}

/**
 * Frames, faces and sound of a sample: a clip, a clip and its sound apart, a folder of frames, or a picture, which becomes a
 * clip that stands still. A clip's own sound comes before a sound file.
 * @throws MissingFileError, InvalidMediaError, MissingDependencyError, AbortedError
 */
export async function readMedia(
  { video, audio, image }: SampleMedia,
  sampling: MediaOptions,
  options: ReadOptions,
): Promise<EncoderInputs> {
  if (video !== undefined && (await isFolder(video))) {
    return readPictures(await picturesIn(video), sampling, options);
  }
  const seen = video === undefined ? {} : await readClip(video, sampling, options);
  const heard = audio === undefined || seen.clips ? {} : { clips: (await readClip(audio, sampling, options)).clips };
  const still = image === undefined || seen.frames ? {} : await readPictures([image], sampling, options);
  return { ...still, ...seen, ...(heard.clips && { clips: heard.clips }) };
}

async function readClip(
  path: string,
  sampling: MediaOptions,
  { detector, signal }: ReadOptions,
): Promise<EncoderInputs> {
  const { video, audio } = await loadClip(path, { ...sampling, ...(detector && { faces: { detector } }), signal });
  // As in use: a clip in which no face was found has none, though there are crops of whole frames.
  const hasFace = video && (video.faces.length === 0 || video.faces.some(({ faceFound }) => faceFound));
  return {
    ...(video && { frames: video.frames }),
    ...(video && hasFace && { faceFrames: video.faceFrames }),
    ...(audio && { clips: audio.clips }),
  };
}

async function readPictures(
  paths: readonly string[],
  { frames, frameSizePx, faceSizePx, faceCrop }: MediaOptions,
  { detector, signal }: ReadOptions,
): Promise<EncoderInputs> {
  const decoded = new Map<number, RgbImage>();
  const indices = frameIndices(paths.length, frames);
  for (const index of indices) {
    if (!decoded.has(index)) decoded.set(index, await decodePicture(paths[index] as string));
  }
  const pictures = indices.map((index) => decoded.get(index) as RgbImage);
  const squares = (side: number) => toFrameTensor(pictures.map((picture) => resizeBicubic(picture, side, side)));
  const whole = squares(frameSizePx);
  if (faceCrop === 'whole-frame') return { frames: whole, faceFrames: squares(faceSizePx) };
  const cropped = await cropFaces(pictures, { sizePx: faceSizePx, detector, signal });
  const hasFace = cropped.faces.some(({ faceFound }) => faceFound);
  return { frames: whole, ...(hasFace && { faceFrames: cropped.frames }) };
}

async function decodePicture(path: string): Promise<RgbImage> {
  const bytes = await readFile(path).catch((cause) => {
    throw missing(path, cause);
  });
  return decodeImage(bytes);
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((cause) => {
    throw missing(path, cause);
  });
  return found.isDirectory();
}

/** Frames by number where their names hold one: `2.jpg` before `10.jpg`. */
async function picturesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => PICTURE.test(name));
  if (names.length === 0) {
    throw new InvalidMediaError({
      message: `${folder} holds no pictures`,
      hint: 'Put the frames of the clip there as JPEG, PNG or BMP.',
      path: folder,
    });
  }
  const { compare } = new Intl.Collator('en', { numeric: true });
  return names.sort(compare).map((name) => join(folder, name));
}

const missing = (path: string, cause: unknown) =>
  new MissingFileError({
    message: `${path} cannot be read`,
    hint: 'Check the path and the permissions.',
    path,
    cause,
  });

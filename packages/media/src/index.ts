export { type ClipSampling, type CutClipsOptions, clipStarts, cutClips } from './audio-clips';
export { type DecodeAudioOptions, type DecodedAudio, decodeAudio } from './decode-audio';
export { decodeImage } from './decode-image';
export type { MediaEvent, MediaEventListener } from './events';
export {
  type CropFacesOptions,
  type CroppedFaces,
  cropFaces,
  type FaceCrop,
  type FaceCropMode,
} from './faces/crop-faces';
export { FACEXFORMER_ENLARGEMENT, faceCropBox } from './faces/face-box';
export { type DetectedFace, FaceDetector, type FaceDetectorOptions, type FaceModel } from './faces/face-detector';
export { sharpness } from './faces/sharpness';
export { framePictures } from './frame-pictures';
export { type FrameSampling, frameIndices } from './frame-sampling';
export type { ChannelMix } from './libav/sample-format';
export type { ClipAudio } from './load-audio';
export { type Clip, loadClip } from './load-clip';
export type { LoadClipOptions } from './load-clip-options';
export type { ClipVideo } from './load-video';
export { resample, resampledLength, StreamingResampler } from './resample';
export { type Interpolation, resize, resizeBicubic, resizeBilinear } from './resize';
export { type BoxPx, cropImage, type RgbImage, rotateImage, toFrameTensor } from './rgb-image';
export type { MediaSource } from './source';
export type { MediaWarning, MediaWarningCode } from './warnings';
export { type WriteClipOptions, writeClip } from './write-clip';

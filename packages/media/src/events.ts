/** Progress of a long decode. Deltas grow monotonically towards one total that stays the same. */
export type MediaEvent =
  | { readonly type: 'scan-start'; readonly totalBytes: number }
  | { readonly type: 'scan-delta'; readonly loadedBytes: number; readonly totalBytes: number }
  | { readonly type: 'scan-end'; readonly videoFrames: number; readonly audioSeconds: number }
  | { readonly type: 'frames-start'; readonly totalFrames: number }
  | { readonly type: 'frames-delta'; readonly decodedFrames: number; readonly totalFrames: number }
  | { readonly type: 'frames-end'; readonly totalFrames: number }
  | { readonly type: 'audio-start'; readonly totalSeconds: number }
  | { readonly type: 'audio-delta'; readonly decodedSeconds: number; readonly totalSeconds: number }
  | { readonly type: 'audio-end'; readonly totalSeconds: number }
  | { readonly type: 'face-detection-start'; readonly totalFrames: number }
  | { readonly type: 'face-detection-delta'; readonly checkedFrames: number; readonly totalFrames: number }
  | { readonly type: 'face-detection-end'; readonly totalFrames: number; readonly facesFound: number };

/** Receives {@link MediaEvent}s as they happen. An exception it throws ends the work. */
export type MediaEventListener = (event: MediaEvent) => void;

import type { ClipEvidence } from './encode-clip';

/** A stretch of time in a clip, and which of the frames and stretches of sound that the encoders read lie in it. */
export interface ClipMoment {
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Index of a frame; absent without picture, or where it has ended. */
  readonly frame?: number;
  /** Index of a stretch of sound; absent without sound, or where it has ended. */
  readonly stretch?: number;
}

/**
 * Cuts a clip into equal moments, one per frame, without picture one per stretch of sound; together they last as long as the longer
 * track. Frames and stretches are spread evenly over their own tracks, so the middle of a moment says which of each belongs to it.
 */
export function clipMoments(
  { video, voice }: ClipEvidence,
  { frames, stretches }: { readonly frames: number; readonly stretches: number },
): readonly ClipMoment[] {
  const videoSeconds = frames > 0 ? (video?.durationSeconds ?? 0) : 0;
  const voiceSeconds = stretches > 0 ? (voice?.durationSeconds ?? 0) : 0;
  const durationSeconds = Math.max(videoSeconds, voiceSeconds);
  const count = frames > 0 ? frames : stretches;
  return Array.from({ length: count }, (_, moment) => {
    const share = (moment + 0.5) / count;
    const frame = indexAt(share * durationSeconds, videoSeconds, frames);
    const stretch = indexAt(share * durationSeconds, voiceSeconds, stretches);
    return {
      startSeconds: (moment * durationSeconds) / count,
      endSeconds: ((moment + 1) * durationSeconds) / count,
      ...(frame !== undefined && { frame }),
      ...(stretch !== undefined && { stretch }),
    };
  });
}

/** Which of `count` equal parts of a track holds a time; undefined behind its end. */
function indexAt(seconds: number, trackSeconds: number, count: number): number | undefined {
  return seconds < trackSeconds ? Math.floor((seconds / trackSeconds) * count) : undefined;
}

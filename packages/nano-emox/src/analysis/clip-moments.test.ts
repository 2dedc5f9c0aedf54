import { describe, expect, it } from 'vitest';
import { clipMoments } from './clip-moments';
import type { ClipEvidence } from './encode-clip';

const evidence = (videoSeconds?: number, voiceSeconds?: number): ClipEvidence => ({
  ...(videoSeconds !== undefined && {
    video: { durationSeconds: videoSeconds, width: 4, height: 4, timesSeconds: [] },
  }),
  ...(voiceSeconds !== undefined && { voice: { durationSeconds: voiceSeconds, rms: 0.1 } }),
});
const parts = (...args: [ClipEvidence, number, number]) => {
  const [about, frames, stretches] = args;
  return clipMoments(about, { frames, stretches }).map(({ frame, stretch }) => [frame, stretch]);
};

describe('clipMoments', () => {
  it('cuts equal parts that meet and cover the clip', () => {
    expect(clipMoments(evidence(4, 4), { frames: 4, stretches: 4 })).toEqual([
      { startSeconds: 0, endSeconds: 1, frame: 0, stretch: 0 },
      { startSeconds: 1, endSeconds: 2, frame: 1, stretch: 1 },
      { startSeconds: 2, endSeconds: 3, frame: 2, stretch: 2 },
      { startSeconds: 3, endSeconds: 4, frame: 3, stretch: 3 },
    ]);
  });

  it('gives each moment the frame and the stretch of its time where there are more or fewer of one', () => {
    expect(parts(evidence(4, 4), 4, 2)).toEqual([
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 1],
    ]);
    expect(parts(evidence(4, 4.05), 2, 4)).toEqual([
      [0, 1],
      [1, 3],
    ]);
  });

  it('goes on to the end of the longer track, without what the other no longer has', () => {
    expect(parts(evidence(2, 4), 4, 4)).toEqual([
      [1, 0],
      [3, 1],
      [undefined, 2],
      [undefined, 3],
    ]);
    expect(parts(evidence(4, 1), 4, 4).map(([, stretch]) => stretch)).toEqual([2, undefined, undefined, undefined]);
  });

  it('cuts by the stretches where there is no picture, and by the frames where there is no sound', () => {
    const heard = clipMoments(evidence(undefined, 6), { frames: 0, stretches: 3 });
    expect(heard.map(({ endSeconds, stretch }) => [endSeconds, stretch])).toEqual([
      [2, 0],
      [4, 1],
      [6, 2],
    ]);
    expect(heard.every((moment) => !('frame' in moment))).toBe(true);
    expect(parts(evidence(3), 3, 0)).toEqual([
      [0, undefined],
      [1, undefined],
      [2, undefined],
    ]);
  });
});

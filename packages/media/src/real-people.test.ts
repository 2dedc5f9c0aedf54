import { basename } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { realClips } from './__testing__/shared-data';
import { FaceDetector } from './faces/face-detector';
import { loadClip } from './load-clip';

const clips = realClips();
if (clips.length === 0) {
  describe('clips of real people', () => {
    it.skip('skipped: no clips; set NANO_EMOX_DATA to the folder that has clips/', () => {});
  });
} else {
  const detector = new FaceDetector();
  afterAll(() => detector.dispose());

  describe.each(clips.map((path) => ({ path, name: basename(path) })))('$name', ({ path }) => {
    it('gives frames, sound and the face in every frame', async () => {
      const { video, audio, warnings } = await loadClip(path, { faceCrop: 'detect', faces: { detector } });
      expect(warnings).toEqual([]);
      expect(video?.frames.dims).toEqual([8, 3, 224, 224]);
      expect(video?.faceFrames.dims).toEqual([8, 3, 224, 224]);
      expect(video?.faces.map(({ faceFound }) => faceFound)).toEqual(Array(8).fill(true));
      for (const { boxPx, quality, faceCount } of video!.faces) {
        // All speakers sit upright before the camera: one face, in the middle, a good part of the picture.
        expect(faceCount).toBe(1);
        const centre = (boxPx!.x + boxPx!.width / 2) / video!.width;
        expect(centre).toBeGreaterThan(0.3);
        expect(centre).toBeLessThan(0.7);
        expect(quality.faceSizePx).toBeGreaterThan(video!.height * 0.3);
        expect(quality.sharpness).toBeGreaterThan(20);
      }
      expect(video?.durationSeconds).toBeGreaterThan(2.9);
      expect(Math.abs(video!.durationSeconds - audio!.durationSeconds)).toBeLessThan(0.1);
      expect(audio?.clips.dims).toEqual([8, 32_000]);
      expect(audio?.rms).toBeGreaterThan(0.002);
    });
  });
}

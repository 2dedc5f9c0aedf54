import { afterAll, describe, expect, it } from 'vitest';
import { greyImage } from '../__testing__/synthetic-clip';
import { resizeBicubic } from '../resize';
import { cropFaces } from './crop-faces';
import { FaceDetector } from './face-detector';

const detector = new FaceDetector();
afterAll(() => detector.dispose());

describe('cropFaces', () => {
  it('gives the whole frame and says so where there is no face', async () => {
    const image = greyImage(120, 80);
    const { frames, faces, warnings } = await cropFaces([image, image], { sizePx: 32, detector });
    expect(frames.dims).toEqual([2, 3, 32, 32]);
    expect([...frames.data.subarray(0, 32 * 32)]).toEqual(
      [...resizeBicubic(image, 32, 32).data].filter((_, i) => i % 3 === 0),
    );
    expect(faces[1]).toMatchObject({
      faceFound: false,
      boxPx: undefined,
      score: undefined,
      faceCount: 0,
      cropPx: { x: 0, y: 0, width: 120, height: 80 },
      quality: { faceSizePx: 0, areaFraction: 0 },
    });
    expect(warnings).toMatchObject([{ code: 'no-face', facts: { frames: [0, 1], checkedFrames: 2 } }]);
  });

  it('keeps timers firing while it looks', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    await cropFaces([greyImage(640, 480), greyImage(640, 480)], { detector, model: 'accurate' });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(10);
  });

  it('refuses what it cannot do', async () => {
    await expect(cropFaces([greyImage(9, 9)], { sizePx: 0, detector })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    const signal = AbortSignal.abort();
    await expect(cropFaces([greyImage(9, 9)], { detector, signal })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(() => new FaceDetector({ minScore: 2 })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(() => new FaceDetector({ model: 'best' as never })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('FaceDetector', () => {
  it('can be started before the first picture', async () => {
    const early = new FaceDetector({ model: 'fast' });
    await Promise.all([early.warmUp(), early.warmUp()]);
    expect(await early.detect(greyImage(64, 64))).toEqual([]);
    await early.dispose();
    await expect(early.warmUp()).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('ends calls under way when disposed, and refuses later ones', async () => {
    const shortLived = new FaceDetector();
    const pending = shortLived.detect(greyImage(64, 64));
    const rejected = expect(pending).rejects.toMatchObject({ code: 'DISPOSED' });
    await shortLived.dispose();
    await shortLived.dispose();
    await rejected;
    await expect(shortLived.detect(greyImage(64, 64))).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { numberedFrame, numberedFrames, temporaryFolder, tone } from './__testing__/synthetic-clip';
import { loadClip } from './load-clip';
import { writeClip } from './write-clip';

const folder = await temporaryFolder();
const size = { width: 96, height: 48 };

describe('writeClip', () => {
  it('writes pictures and sound that come back', async () => {
    const solid = new Uint8Array(96 * 48 * 3).map((_, i) => [200, 60, 90][i % 3]!);
    async function* frames() {
      for (let index = 0; index < 12; index++) yield solid;
    }
    const path = `${folder}/clip.mp4`;
    await writeClip(path, { frames: frames(), fps: 29.97, ...size, samples: tone(0.4, 300, 16_000) });
    const { video, audio, warnings } = await loadClip(path);
    expect(warnings).toEqual([]);
    expect(video?.frameCount).toBe(12);
    expect(video?.durationSeconds).toBeCloseTo(12 / 29.97, 3);
    const [red, green, blue] = [0, 1, 2].map((plane) => video!.frames.data[plane * 224 * 224 + 112 * 224 + 112]!);
    expect(Math.abs(red! - 200) + Math.abs(green! - 60) + Math.abs(blue! - 90)).toBeLessThan(12);
    expect(audio?.durationSeconds).toBeCloseTo(0.4, 1);
  });

  it('leaves nothing behind when it fails', async () => {
    const before = await readdir(folder);
    const broken = function* () {
      yield numberedFrame(0);
      throw new RangeError('out of pictures');
    };
    const attempts: [() => Promise<void>, object][] = [
      [() => writeClip(`${folder}/x.mp4`, { frames: broken(), ...size }), { message: 'out of pictures' }],
      [() => writeClip(`${folder}/x.mp4`, { frames: [new Uint8Array(5)], ...size }), { code: 'INVALID_ARGUMENT' }],
      [
        () => writeClip(`${folder}/x.mp4`, { frames: numberedFrames(9), ...size, signal: AbortSignal.abort() }),
        { code: 'ABORTED' },
      ],
      [() => writeClip(`${folder}/none/x.mp4`, { frames: numberedFrames(9), ...size }), { code: 'EXECUTION_FAILED' }],
    ];
    for (const [attempt, error] of attempts) await expect(attempt()).rejects.toMatchObject(error);
    expect(await readdir(folder)).toEqual(before);
  });

  it.each([
    [{}, 'frames'],
    [{ frames: [], width: 95, height: 48 }, 'width'],
    [{ frames: [], ...size, fps: 0 }, 'fps'],
    [{ samples: new Float32Array(9), sampleRateHz: 12_345 }, 'sampleRateHz'],
  ])('refuses %j', async (options, argument) => {
    await expect(writeClip(`${folder}/y.mp4`, options)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', argument });
  });
});

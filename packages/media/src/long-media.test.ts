import { describe, expect, it } from 'vitest';
import { randomNumbers, readNumber, temporaryFolder, wavBytes, writeSynthetic } from './__testing__/synthetic-clip';
import { type AudioRequest, readWholeTrack, readWindows, readWindowsInOrder } from './libav/audio-samples';
import { openInput } from './libav/open-input';
import { loadClip } from './load-clip';
import { checkSource } from './source';
import { WarningList } from './warnings';
import { writeClip } from './write-clip';

const folder = await temporaryFolder();
const request = (): AudioRequest => ({
  channelMix: 'mean',
  where: 'test',
  signal: undefined,
  onEvent: undefined,
  warnings: new WarningList(),
});

describe('a video too long to decode in full', () => {
  it('gives the frames it should by going to them', async () => {
    const path = await writeSynthetic(`${folder}/long.mp4`, { frames: 3000, fps: 30 });
    const { video } = await loadClip(path, { frameSizePx: 96 });
    const expected = [0, 375, 750, 1125, 1500, 1875, 2250, 2625];
    expect(video?.frameIndices).toEqual(expected);
    expect(expected.map((_, k) => readNumber(video!.frames, k))).toEqual(expected);
    expect(video?.timesSeconds[7]).toBeCloseTo(2625 / 30, 3);
    expect(video?.durationSeconds).toBeCloseTo(100, 2);
  });
});

describe('windows of a long recording', () => {
  const random = randomNumbers(11);
  // Smooth noise, so that a shift by one sample would show and the codec can still follow.
  let level = 0;
  const samples = Float32Array.from({ length: 30 * 44_100 }, () => {
    level += 0.05 * (random() - 0.5 - level);
    return level * 5;
  });

  it.each(['wav', 'mp4'])('are the same by going there and by decoding all: %s', async (kind) => {
    const path = `${folder}/noise.${kind}`;
    if (kind === 'mp4') await writeClip(path, { samples, sampleRateHz: 44_100 });
    const source = await checkSource(kind === 'mp4' ? path : wavBytes([samples], 44_100), 'test');
    const input = await openInput(source, 'test');
    try {
      const whole = await readWholeTrack(input, request(), 30, 60);
      const starts = [0, 40_007, 100_000, 333_333, 448_000];
      const sought = await readWindows(input, request(), 0, starts, 32_000);
      const inOrder = await readWindowsInOrder(input, request(), 30, starts, 32_000);
      starts.forEach((start, index) => {
        const exact = whole!.samples.slice(start, start + 32_000);
        const ordered = inOrder!.windows[index]!.slice(0, exact.length);
        expect(Buffer.compare(Buffer.from(ordered.buffer), Buffer.from(exact.buffer))).toBe(0);
        // Not beyond the end of the recording, where one side sees what the other has as zeros.
        const difference = exact
          .slice(0, 31_000)
          .reduce((largest, value, i) => Math.max(largest, Math.abs(value - sought!.windows[index]![i]!)), 0);
        expect(difference).toBeLessThan(1e-5);
      });
    } finally {
      await input.close();
    }
  });
});

import { describe, expect, it } from 'vitest';
import {
  NUMBERED_HEIGHT,
  NUMBERED_WIDTH,
  numberedFrames,
  readNumber,
  temporaryFolder,
} from './__testing__/synthetic-clip';
import { loadClip } from './load-clip';
import { writeClip } from './write-clip';

const folder = await temporaryFolder();
const SECONDS = 7200;
// Encoding the file is nearly all of the time; five pictures a second still make 36 000 of them.
const FPS = 5;

describe('a two-hour file', () => {
  it('gives the right frames and sound in bounded memory', async () => {
    const path = `${folder}/two-hours.mp4`;
    // A rising sawtooth of two seconds' silence and tone would cost as much; a slow ramp in loudness tells the place.
    const samples = new Float32Array(SECONDS * 16_000).map(
      (_, i) => 0.8 * (i / (SECONDS * 16_000)) * Math.sin(i * 0.17),
    );
    await writeClip(path, {
      frames: numberedFrames(SECONDS * FPS),
      fps: FPS,
      width: NUMBERED_WIDTH,
      height: NUMBERED_HEIGHT,
      samples,
    });
    const rssBefore = process.memoryUsage().rss;
    let rssPeak = 0;
    const watch = setInterval(() => {
      rssPeak = Math.max(rssPeak, process.memoryUsage().rss);
    }, 20);
    const started = performance.now();
    const { video, audio, warnings } = await loadClip(path, { removeClipMean: false });
    clearInterval(watch);
    const expected = Array.from({ length: 8 }, (_, k) => (k * SECONDS * FPS) / 8);
    expect(video?.frameIndices).toEqual(expected);
    expect(expected.map((_, k) => readNumber(video!.frames, k))).toEqual(expected);
    expect(audio?.durationSeconds).toBeCloseTo(SECONDS, 0);
    audio!.clipStartsSeconds.forEach((start, clip) => {
      const window = audio!.clips.data.subarray(clip * 32_000, (clip + 1) * 32_000);
      const rms = Math.sqrt(window.reduce((sum, value) => sum + value * value, 0) / window.length);
      expect(rms).toBeCloseTo((0.8 * ((start + 1) / SECONDS)) / Math.SQRT2, 2);
    });
    expect(warnings.map(({ code }) => code)).toEqual(['approximate-audio-position']);
    const grownMegabytes = (rssPeak - rssBefore) / 1e6;
    process.stdout.write(
      `two hours: ${Math.round(performance.now() - started)} ms, +${grownMegabytes.toFixed(0)} MB\n`,
    );
    expect(grownMegabytes).toBeLessThan(200);
  });

  it('does not grow over many clips', async () => {
    const path = `${folder}/short.mp4`;
    await writeClip(path, { frames: numberedFrames(30), width: NUMBERED_WIDTH, height: NUMBERED_HEIGHT });
    const rss: number[] = [];
    for (let round = 0; round < 400; round++) {
      await loadClip(path);
      await loadClip(new Uint8Array(64)).catch(() => undefined);
      if (round % 100 === 99) rss.push(process.memoryUsage().rss / 1e6);
    }
    expect(rss.at(-1)! - rss[1]!).toBeLessThan(40);
  });
});

import { describe, expect, it } from 'vitest';
import { randomNumbers, temporaryFolder, wavBytes, writeSynthetic } from './__testing__/synthetic-clip';
import { decodeAudio } from './decode-audio';
import { resample } from './resample';

const folder = await temporaryFolder();
const random = randomNumbers(3);
/** Values that 16-bit PCM holds exactly. */
const noise = (length: number) => Float32Array.from({ length }, () => Math.floor((random() - 0.5) * 30_000) / 32_768);

describe('decodeAudio', () => {
  it('gives 16 kHz mono PCM unchanged', async () => {
    const samples = noise(5000);
    const audio = await decodeAudio(wavBytes([samples], 16_000));
    expect(audio.samples).toEqual(samples);
    expect(audio).toMatchObject({
      sampleRateHz: 16_000,
      durationSeconds: 5000 / 16_000,
      sourceChannels: 1,
      warnings: [],
    });
  });

  it('resamples as resample() does, whatever the pieces the decoder gives', async () => {
    const samples = noise(44_100);
    const { samples: result, sourceSampleRateHz } = await decodeAudio(wavBytes([samples], 44_100));
    expect(sourceSampleRateHz).toBe(44_100);
    expect(result).toEqual(resample(samples, 44_100, 16_000));
  });

  it('mixes channels by the named rule', async () => {
    const [left, right, third] = [noise(100), noise(100), noise(100)];
    const mean = (...parts: Float32Array[]) =>
      parts[0]!.map((_, i) => parts.reduce((sum, part) => sum + part[i]!, 0) / parts.length);
    const close = (a: Float32Array, b: Float32Array) =>
      expect(Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))).toBeLessThan(1e-6);
    close((await decodeAudio(wavBytes([left, right], 16_000))).samples, mean(left, right));
    close((await decodeAudio(wavBytes([left, right, third], 16_000))).samples, mean(left, right, third));
    const published = { channelMix: 'mean-if-stereo' } as const;
    close((await decodeAudio(wavBytes([left, right], 16_000), published)).samples, mean(left, right));
    expect((await decodeAudio(wavBytes([left, right, third], 16_000), published)).samples).toEqual(left);
  });

  it('keeps the length and the pitch of AAC', async () => {
    const path = await writeSynthetic(`${folder}/tone.mp4`, { seconds: 1, sampleRateHz: 48_000 });
    const { samples, rms } = await decodeAudio(path);
    expect(samples.length / 16_000).toBeCloseTo(1, 1);
    expect(rms).toBeCloseTo(0.5 / Math.SQRT2, 2);
    const crossings = samples.reduce(
      (count, value, i) => count + Number(i > 0 && samples[i - 1]! < 0 && value >= 0),
      0,
    );
    expect(crossings / (samples.length / 16_000)).toBeCloseTo(440, -1);
  });

  it('refuses a recording longer than it may hold', async () => {
    const bytes = wavBytes([new Float32Array(48_000)], 16_000);
    await expect(decodeAudio(bytes, { maxSeconds: 2 })).rejects.toMatchObject({
      code: 'INVALID_MEDIA',
      hint: /maxSeconds/,
    });
  });

  it('names the missing track', async () => {
    const path = await writeSynthetic(`${folder}/mute.mp4`, { frames: 3 });
    await expect(decodeAudio(path)).rejects.toMatchObject({ code: 'MISSING_TRACK', track: 'audio' });
  });
});

import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readNumber, temporaryFolder, tone, wavBytes, writeSynthetic } from './__testing__/synthetic-clip';
import { decodeAudio } from './decode-audio';
import type { MediaEvent } from './events';
import { loadClip } from './load-clip';

const folder = await temporaryFolder();
const talk = await writeSynthetic(`${folder}/talk.mp4`, { frames: 50, fps: 25, seconds: 2.5 });

describe('loadClip', () => {
  it('takes the frames and clips of the published rules', async () => {
    const { video, audio, warnings } = await loadClip(talk);
    expect(warnings).toEqual([]);
    expect(video?.frames).toMatchObject({ type: 'uint8', dims: [8, 3, 224, 224] });
    const expected = [0, 6, 12, 18, 25, 31, 37, 43];
    expect(video?.frameIndices).toEqual(expected);
    expect(expected.map((_, k) => readNumber(video!.frames, k))).toEqual(expected);
    for (const [k, index] of expected.entries()) expect(video!.timesSeconds[k]).toBeCloseTo(index / 25, 4);
    expect(video).toMatchObject({ width: 96, height: 48, frameCount: 50, faces: [] });
    expect(video?.durationSeconds).toBeCloseTo(2, 3);
    expect(video?.faceFrames).toBe(video?.frames);

    expect(audio?.clips).toMatchObject({ type: 'float32', dims: [8, 32_000] });
    expect(audio?.sampleRateHz).toBe(16_000);
    expect(audio?.rms).toBeCloseTo(0.5 / Math.SQRT2, 2);
    const { samples } = await decodeAudio(talk);
    const starts = audio!.clipStartsSeconds.map((seconds) => Math.round(seconds * 16_000));
    expect(starts).toEqual(Array.from({ length: 8 }, (_, i) => Math.floor((i * (samples.length - 32_000)) / 8)));
    const clip = samples.slice(starts[5], starts[5]! + 32_000);
    const mean = clip.reduce((sum, value) => sum + value, 0) / 32_000;
    audio!.clips.data.subarray(5 * 32_000, 6 * 32_000).forEach((value, i) => {
      if (Math.abs(value - (clip[i]! - mean)) > 1e-6) throw new Error(`sample ${i} differs`);
    });
  });

  it('reads bytes and file: addresses as it reads paths', async () => {
    const fromPath = await loadClip(talk);
    for (const source of [new Uint8Array(await readFile(talk)), pathToFileURL(talk)]) {
      const { video, audio } = await loadClip(source);
      expect(Buffer.compare(video!.frames.data, fromPath.video!.frames.data)).toBe(0);
      expect(
        Buffer.compare(Buffer.from(audio!.clips.data.buffer), Buffer.from(fromPath.audio!.clips.data.buffer)),
      ).toBe(0);
      expect(video!.timesSeconds).toEqual(fromPath.video!.timesSeconds);
    }
  });

  it('follows the options', async () => {
    const { video, audio } = await loadClip(talk, {
      frames: 3,
      frameSizePx: 112,
      frameSampling: 'cover-end',
      clips: 2,
      clipSeconds: 0.5,
      clipSampling: 'cover-end',
      keepSamples: true,
    });
    expect(video?.frames.dims).toEqual([3, 3, 112, 112]);
    expect([0, 1, 2].map((k) => readNumber(video!.frames, k))).toEqual([0, 24, 49]);
    expect(audio?.clips.dims).toEqual([2, 8000]);
    expect(audio?.samples?.length).toBe(Math.round(audio!.durationSeconds * 16_000));
    expect(audio?.clipStartsSeconds[1]).toBeCloseTo(audio!.durationSeconds - 0.5, 4);
  });

  it('repeats the last frame of a short video', async () => {
    const one = await loadClip(await writeSynthetic(`${folder}/one.mp4`, { frames: 1 }));
    expect(one.video?.frameIndices).toEqual(Array(8).fill(0));
    expect(one.video?.frames.dims).toEqual([8, 3, 224, 224]);
    expect(one.warnings.map(({ code }) => code).sort()).toEqual(['no-audio-track', 'short-video']);
    const three = await loadClip(await writeSynthetic(`${folder}/three.mp4`, { frames: 3 }));
    expect(three.video?.frameIndices).toEqual([0, 1, 2, 2, 2, 2, 2, 2]);
    expect([0, 2, 7].map((k) => readNumber(three.video!.frames, k))).toEqual([0, 2, 2]);
  });

  it('leaves out a track the file lacks, or throws where it is required', async () => {
    const mute = await writeSynthetic(`${folder}/mute.mp4`, { frames: 10 });
    const blind = await writeSynthetic(`${folder}/blind.mp4`, { seconds: 1 });
    expect(await loadClip(mute)).toMatchObject({ audio: undefined, warnings: [{ code: 'no-audio-track' }] });
    expect(await loadClip(blind)).toMatchObject({ video: undefined, warnings: [{ code: 'no-video-track' }] });
    expect((await loadClip(blind)).audio?.clips.dims).toEqual([8, 32_000]);
    await expect(loadClip(mute, { require: ['audio'] })).rejects.toMatchObject({
      code: 'MISSING_TRACK',
      track: 'audio',
    });
    await expect(loadClip(blind, { require: ['video'] })).rejects.toMatchObject({
      code: 'MISSING_TRACK',
      track: 'video',
    });
  });

  it('says that sound is silence', async () => {
    const { audio, warnings } = await loadClip(wavBytes([new Float32Array(8000)], 16_000));
    expect(audio?.rms).toBe(0);
    expect(audio?.clips.data.every((value) => value === 0)).toBe(true);
    expect(warnings.map(({ code }) => code)).toEqual(['no-video-track', 'silent-audio']);
  });

  it('takes the mean off each clip, or leaves it', async () => {
    const shifted = tone(2, 100, 16_000, 0.25).map((value) => value + 0.25);
    const bytes = wavBytes([shifted], 16_000);
    const mean = async (removeClipMean: boolean) => {
      const { audio } = await loadClip(bytes, { removeClipMean });
      return audio!.clips.data.reduce((sum, value) => sum + value, 0) / audio!.clips.data.length;
    };
    expect(await mean(true)).toBeCloseTo(0, 6);
    expect(await mean(false)).toBeCloseTo(0.25, 4);
  });

  it('carries out the rotation that phones store', async () => {
    const bytes = await readFile(talk);
    const header = bytes.indexOf('tkhd', bytes.lastIndexOf('vmhd') - 600);
    // The matrix lies 40 bytes into a version 0 header; this is the one for a quarter turn clockwise.
    const matrix = header + 4 + 40;
    const quarterTurn = [0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000];
    for (const [i, entry] of quarterTurn.entries()) bytes.writeInt32BE(entry, matrix + 4 * i);
    const turned = `${folder}/turned.mp4`;
    await writeFile(turned, bytes);
    const { video } = await loadClip(turned);
    expect(video).toMatchObject({ width: 48, height: 96 });
    const stored = await loadClip(turned, { applyRotation: false });
    expect(stored.video).toMatchObject({ width: 96, height: 48 });
    expect(readNumber(stored.video!.frames, 3)).toBe(18);
    // Column x of the shown picture is row (last - x) of the stored one.
    const at = (tensor: { data: Uint8Array }, x: number, y: number) => tensor.data[3 * 3 * 224 * 224 + y * 224 + x]!;
    for (const [x, y] of [
      [20, 30],
      [100, 90],
      [200, 150],
    ] as const) {
      expect(Math.abs(at(video!.frames, x, y) - at(stored.video!.frames, y, 223 - x))).toBeLessThan(8);
    }
  });

  it('tells how far it is, never going back', async () => {
    const events: MediaEvent[] = [];
    await loadClip(talk, { onEvent: (event) => events.push(event) });
    const types = [...new Set(events.map(({ type }) => type))];
    expect(types).toEqual([
      'scan-start',
      'scan-end',
      'frames-start',
      'frames-delta',
      'frames-end',
      'audio-start',
      'audio-end',
    ]);
    const counts = events.flatMap((event) => (event.type === 'frames-delta' ? [event.decodedFrames] : []));
    expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('stops when aborted, before and in the middle', async () => {
    await expect(loadClip(talk, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    for (const moment of ['scan-end', 'frames-delta', 'audio-start']) {
      const controller = new AbortController();
      const onEvent = ({ type }: MediaEvent) => type === moment && controller.abort();
      await expect(loadClip(talk, { signal: controller.signal, onEvent })).rejects.toMatchObject({ code: 'ABORTED' });
    }
  });

  it.each([
    { frames: 0 },
    { frameSizePx: 2.5 },
    { clipSeconds: -1 },
    { frameSampling: 'last' as never },
    { channelMix: 'left' as never },
  ])('refuses %j', async (options) => {
    await expect(loadClip(talk, options)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', hint: expect.any(String) });
  });
});

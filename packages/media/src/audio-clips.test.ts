import { describe, expect, it } from 'vitest';
import { clipStarts, cutClips } from './audio-clips';

describe('clipStarts', () => {
  it('leaves the tail uncovered, as the pinned library does', () => {
    // D = 4 s: start i * 2 / 8 s
    expect(clipStarts(64_000, 32_000, 8)).toEqual([0, 4000, 8000, 12_000, 16_000, 20_000, 24_000, 28_000]);
  });

  it('covers the end on request', () => {
    expect(clipStarts(67_003, 32_000, 8, 'cover-end').at(-1)).toBe(35_003);
  });

  it('rounds down in whole numbers', () => {
    // 47 643 spare samples: 15643 * i / 8
    expect(clipStarts(47_643, 32_000, 8)).toEqual([0, 1955, 3910, 5866, 7821, 9776, 11_732, 13_687]);
  });

  it('starts every clip at 0 when there is no more than one', () => {
    expect(clipStarts(10, 32_000, 3)).toEqual([0, 0, 0]);
  });
});

describe('cutClips', () => {
  it('pads a short recording at its end, then takes the mean off', () => {
    const { dims, data } = cutClips(Float32Array.of(3, 1), { clips: 2, clipSamples: 4 });
    expect(dims).toEqual([2, 4]);
    expect([...data]).toEqual([2, 0, -1, -1, 2, 0, -1, -1]);
  });

  it('keeps the mean on request, and leaves the input alone', () => {
    const samples = Float32Array.of(1, 2, 3, 4, 5, 6);
    const { data } = cutClips(samples, { clips: 2, clipSamples: 2, removeClipMean: false });
    expect([...data]).toEqual([1, 2, 3, 4]);
    cutClips(samples, { clips: 2, clipSamples: 2 });
    expect([...samples]).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

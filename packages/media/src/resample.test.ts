import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { randomNumbers } from './__testing__/synthetic-clip';
import { resample, resampledLength, resampleRange, StreamingResampler } from './resample';

const golden = JSON.parse(readFileSync(new URL('./__fixtures__/resample.json', import.meta.url), 'utf8')) as {
  tolerance: number;
  toleranceExact: number;
  cases: { fromHz: number; toHz: number; input: string; expected: string; expectedExact: string }[];
};

function floats(base64: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index]!)), 0);
}

describe('resample', () => {
  // Oracle: torchaudio.functional.resample(wave, from_hz, to_hz), defaults
  it.each(golden.cases)(
    'agrees with torchaudio: $fromHz → $toHz',
    ({ fromHz, toHz, input, expected, expectedExact }) => {
      const result = resample(floats(input), fromHz, toHz);
      expect(largestDifference(result, floats(expectedExact))).toBeLessThan(golden.toleranceExact);
      expect(result.length).toBe(floats(expected).length);
      expect(largestDifference(result, floats(expected))).toBeLessThan(golden.tolerance);
    },
  );

  it('copies when the rates are equal', () => {
    const samples = Float32Array.of(1, 2, 3);
    const result = resample(samples, 16_000, 16_000);
    expect(result).toEqual(samples);
    expect(result).not.toBe(samples);
  });

  it.each([0, -1, 44_100.5, Number.NaN, 1e9])('refuses a rate of %s Hz', (rate) => {
    expect(() => resample(new Float32Array(4), rate, 16_000)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('resampleRange', () => {
  it('gives a stretch of the whole from the samples around it', () => {
    const random = randomNumbers(1);
    const samples = Float32Array.from({ length: 5000 }, () => random() - 0.5);
    const whole = resample(samples, 44_100, 16_000);
    const part = resampleRange(samples.slice(2000, 4000), 2000, 800, 500, 44_100, 16_000);
    expect(largestDifference(part, whole.slice(800, 1300))).toBe(0);
  });
});

describe('StreamingResampler', () => {
  it.each([
    [44_100, 16_000],
    [8_000, 16_000],
    [48_000, 16_000],
    [16_000, 16_000],
  ])('gives in pieces what the whole gives: %i → %i', (fromHz, toHz) => {
    const random = randomNumbers(7);
    const samples = Float32Array.from({ length: 9001 }, () => random() - 0.5);
    const streaming = new StreamingResampler(fromHz, toHz);
    const pieces: number[] = [];
    for (let start = 0; start < samples.length; ) {
      const end = start + Math.floor(random() * 900);
      pieces.push(...streaming.push(samples.slice(start, end)));
      start = end;
    }
    pieces.push(...streaming.finish());
    expect(pieces.length).toBe(resampledLength(samples.length, fromHz, toHz));
    expect(Float32Array.from(pieces)).toEqual(resample(samples, fromHz, toHz));
  });
});

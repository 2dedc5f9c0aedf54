import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { RgbImage } from '../rgb-image';
import { writeClip } from '../write-clip';

/** Bits of the frame number drawn into each picture. */
const BITS = 18;
const COLUMNS = 6;
const BLOCK_PX = 16;
export const NUMBERED_WIDTH = COLUMNS * BLOCK_PX;
export const NUMBERED_HEIGHT = (BITS / COLUMNS) * BLOCK_PX;

/** A picture whose black and white blocks spell `index` in binary, legible after lossy coding and scaling. */
export function numberedFrame(index: number): Uint8Array {
  const data = new Uint8Array(NUMBERED_WIDTH * NUMBERED_HEIGHT * 3);
  for (let y = 0; y < NUMBERED_HEIGHT; y++) {
    for (let x = 0; x < NUMBERED_WIDTH; x++) {
      const bit = Math.floor(y / BLOCK_PX) * COLUMNS + Math.floor(x / BLOCK_PX);
      data.fill((index >> bit) & 1 ? 235 : 20, (y * NUMBERED_WIDTH + x) * 3, (y * NUMBERED_WIDTH + x) * 3 + 3);
    }
  }
  return data;
}

/** Reads the number back out of one frame of a `[frames, 3, height, width]` tensor. */
export function readNumber(
  tensor: { readonly dims: readonly number[]; readonly data: Uint8Array },
  frame: number,
): number {
  const [, channels = 3, height = 0, width = 0] = tensor.dims;
  let number = 0;
  for (let bit = 0; bit < BITS; bit++) {
    const x = Math.floor((((bit % COLUMNS) + 0.5) * width) / COLUMNS);
    const y = Math.floor(((Math.floor(bit / COLUMNS) + 0.5) * height) / (BITS / COLUMNS));
    if (tensor.data[(frame * channels * height + y) * width + x]! > 128) number |= 1 << bit;
  }
  return number;
}

export function* numberedFrames(count: number): Generator<Uint8Array> {
  for (let index = 0; index < count; index++) yield numberedFrame(index);
}

export function tone(seconds: number, frequencyHz: number, sampleRateHz: number, amplitude = 0.5): Float32Array {
  const step = (2 * Math.PI * frequencyHz) / sampleRateHz;
  return Float32Array.from(
    { length: Math.round(seconds * sampleRateHz) },
    (_, index) => amplitude * Math.sin(step * index),
  );
}

/** Writes numbered frames and a tone; leave either out with 0. */
export async function writeSynthetic(
  path: string,
  { frames = 0, fps = 25, seconds = 0, sampleRateHz = 16_000, amplitude = 0.5 },
): Promise<string> {
  await writeClip(path, {
    frames: frames > 0 ? numberedFrames(frames) : undefined,
    fps,
    width: NUMBERED_WIDTH,
    height: NUMBERED_HEIGHT,
    samples: seconds > 0 ? tone(seconds, 440, sampleRateHz, amplitude) : undefined,
    sampleRateHz,
  });
  return path;
}

/** A folder that goes away with the test file. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nano-emox-media-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Seeded noise in [0, 1): mulberry32. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A 16-bit PCM WAV file; `channels` are planes in [-1, 1). */
export function wavBytes(channels: readonly Float32Array[], sampleRateHz: number): Uint8Array {
  const frames = channels[0]?.length ?? 0;
  const blockBytes = channels.length * 2;
  const bytes = Buffer.alloc(44 + frames * blockBytes);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + frames * blockBytes, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(channels.length, 22);
  bytes.writeUInt32LE(sampleRateHz, 24);
  bytes.writeUInt32LE(sampleRateHz * blockBytes, 28);
  bytes.writeUInt16LE(blockBytes, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(frames * blockBytes, 40);
  channels.forEach((samples, channel) => {
    samples.forEach((sample, index) => {
      const value = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
      bytes.writeInt16LE(value, 44 + index * blockBytes + channel * 2);
    });
  });
  return bytes;
}

/** An all-grey picture, in which there is no face. */
export function greyImage(width: number, height: number): RgbImage {
  return { width, height, data: new Uint8Array(width * height * 3).fill(128) };
}

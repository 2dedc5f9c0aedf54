import type { Frame } from 'node-av/lib';
import type { Libav } from './load-libav';

/**
 * How several channels become one. `mean` averages all of them. `mean-if-stereo` does what the published pipeline does:
 * averages exactly two, and of any other number reads the first.
 */
export type ChannelMix = 'mean' | 'mean-if-stereo';

/** Reads sample `index` of a plane as a number whose full scale is 1. */
type SampleReader = (plane: Buffer, index: number) => number;

const readers: Record<'u8' | 's16' | 's32' | 's64' | 'flt' | 'dbl', { bytes: number; read: SampleReader }> = {
  u8: { bytes: 1, read: (plane, index) => (plane[index]! - 128) / 128 },
  s16: { bytes: 2, read: (plane, index) => plane.readInt16LE(index * 2) / 2 ** 15 },
  s32: { bytes: 4, read: (plane, index) => plane.readInt32LE(index * 4) / 2 ** 31 },
  s64: { bytes: 8, read: (plane, index) => Number(plane.readBigInt64LE(index * 8)) / 2 ** 63 },
  flt: { bytes: 4, read: (plane, index) => plane.readFloatLE(index * 4) },
  dbl: { bytes: 8, read: (plane, index) => plane.readDoubleLE(index * 8) },
};

/** Mixes a decoded audio frame to mono float32 at its own rate; `undefined` for a format or layout that is not known. */
export function toMono(frame: Frame, mix: ChannelMix, { lib }: Libav): Float32Array | undefined {
  const name = lib.avGetSampleFmtName(frame.format as Parameters<typeof lib.avGetSampleFmtName>[0]);
  if (!name) return undefined;
  const planar = name.endsWith('p');
  const reader = readers[(planar ? name.slice(0, -1) : name) as keyof typeof readers];
  const planes = frame.extendedData ?? frame.data;
  const channels = frame.channels;
  const count = frame.nbSamples;
  if (!reader || !planes || channels < 1) return undefined;
  const usedChannels = mix === 'mean' || channels === 2 ? channels : 1;
  const mono = new Float32Array(count);
  for (let channel = 0; channel < usedChannels; channel++) {
    const plane = planes[planar ? channel : 0];
    const step = planar ? 1 : channels;
    const start = planar ? 0 : channel;
    if (!plane || plane.length < (start + (count - 1) * step + 1) * reader.bytes) return undefined;
    for (let index = 0; index < count; index++) {
      mono[index] = mono[index]! + reader.read(plane, start + index * step) / usedChannels;
    }
  }
  return mono;
}

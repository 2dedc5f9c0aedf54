import { writeFile } from 'node:fs/promises';
import { loadClip } from '@nano-emox/media';

const FRAMES = 50;
const FRAMES_PER_SECOND = 25;
const SIDE_PX = 320;

/** Writes the pictures of a clip as Y4M, which Chromium plays over and over in place of a camera's. */
export async function writeCameraFilm(clip: string, path: string): Promise<void> {
  const { video } = await loadClip(clip, { frames: FRAMES, frameSizePx: SIDE_PX, require: ['video'] });
  const pixels = video?.frames.data as Uint8Array;
  const parts: Uint8Array[] = [
    Buffer.from(`YUV4MPEG2 W${SIDE_PX} H${SIDE_PX} F${FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n`),
  ];
  const size = 3 * SIDE_PX ** 2;
  for (let start = 0; start < pixels.length; start += size) {
    parts.push(Buffer.from('FRAME\n'), yuv420(pixels.subarray(start, start + size)));
  }
  await writeFile(path, Buffer.concat(parts));
}

/** Planes red, green, blue to brightness and, at every other pixel of every other row, the two colour differences (BT.601). */
function yuv420(planes: Uint8Array): Uint8Array {
  const area = SIDE_PX ** 2;
  const result = new Uint8Array(area * 1.5);
  for (let y = 0; y < SIDE_PX; y++) {
    for (let x = 0; x < SIDE_PX; x++) {
      const at = y * SIDE_PX + x;
      const [r, g, b] = [planes[at], planes[area + at], planes[2 * area + at]] as [number, number, number];
      result[at] = 16 + 0.257 * r + 0.504 * g + 0.098 * b;
      if (y % 2 === 1 || x % 2 === 1) continue;
      const chroma = area + (y / 2) * (SIDE_PX / 2) + x / 2;
      result[chroma] = 128 - 0.148 * r - 0.291 * g + 0.439 * b;
      result[chroma + area / 4] = 128 + 0.439 * r - 0.368 * g - 0.071 * b;
    }
  }
  return result;
}

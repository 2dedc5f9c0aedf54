// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaceEncoder, presets } from '@nano-emox/face-encoder';
import { decode } from 'jpeg-js';

// A sequence of pictures, each 112 × 112 pixels: frames/0.jpg, frames/1.jpg …
const size = 112;
const folder = join(import.meta.dirname, 'frames');
const pictures = readdirSync(folder)
  .sort()
  .map((file) => decode(readFileSync(join(folder, file)), { formatAsRGBA: false }));

// The encoder reads planes of red, green and blue; the JPEG decoder gives the three beside each other.
const data = new Uint8Array(pictures.length * 3 * size * size);
for (const [frame, { data: rgb }] of pictures.entries()) {
  for (let index = 0; index < rgb.length; index++) {
    const [pixel, colour] = [Math.floor(index / 3), index % 3];
    data[(frame * 3 + colour) * size * size + pixel] = rgb[index] ?? 0;
  }
}

const encoder = await FaceEncoder.create({ ...presets.tiny, imageSize: size }, { seed: 7 });
const frames = { type: 'uint8', dims: [1, pictures.length, 3, size, size], data } as const;
const { features, tokens } = await encoder.encode(frames);
console.log(features.dims, tokens.dims);

// How far each picture is from the first, in the space of the features.
const width = features.dims[2] ?? 0;
const distances = pictures.map((_, frame) =>
  Math.hypot(
    ...Array.from({ length: width }, (_, i) => (features.data[frame * width + i] ?? 0) - (features.data[i] ?? 0)),
  ),
);
console.log(distances.map((distance) => distance.toFixed(2)).join(' '));
await encoder.dispose();

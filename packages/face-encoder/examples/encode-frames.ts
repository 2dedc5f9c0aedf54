// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { FaceEncoder, presets } from '@nano-emox/face-encoder';

// Two RGB frames of one clip, planes red, green, blue, values 0 to 255; here a grey ramp instead of a face.
const size = presets.tiny.imageSize as number;
const data = new Uint8Array(2 * 3 * size * size).map((_, index) => index % 256);
const frames = { type: 'uint8', dims: [1, 2, 3, size, size], data } as const;

const encoder = await FaceEncoder.create(presets.tiny, { seed: 7 });
const { features, tokens } = await encoder.encode(frames);
console.log(features.dims, tokens.dims);

const oneFrame = { ...frames, dims: [2, 3, size, size] };
await encoder.encode(oneFrame).catch((error) => console.log(error.code, '-', error.message));
await encoder.dispose();

// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { presets, SceneEncoder } from '@nano-emox/scene-encoder';

// Two RGB frames of one clip, planes red, green, blue, values 0 to 255; here a grey ramp instead of the scene.
const size = presets.tiny.imageSize;
const data = new Uint8Array(2 * 3 * size * size).map((_, index) => index % 256);
const frames = { type: 'uint8', dims: [1, 2, 3, size, size], data } as const;

const encoder = await SceneEncoder.create(presets.tiny, { seed: 7 });
const { features, levels } = await encoder.encode(frames);
console.log(features.dims, levels.dims);

const oneFrame = { ...frames, dims: [2, 3, size, size] };
await encoder.encode(oneFrame).catch((error) => console.log(error.code, '-', error.message));
await encoder.dispose();

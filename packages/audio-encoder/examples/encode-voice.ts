// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { AudioEncoder, presets } from '@nano-emox/audio-encoder';

// Two clips of 2 s, mono, 16 kHz: a low and a high tone.
const tone = (hertz: number) =>
  Float32Array.from({ length: 32_000 }, (_, index) => 0.3 * Math.sin((2 * Math.PI * hertz * index) / 16_000));
const samples = { type: 'float32', dims: [1, 2, 32_000], data: new Float32Array(64_000) } as const;
samples.data.set(tone(120));
samples.data.set(tone(440), 32_000);

const encoder = await AudioEncoder.create(presets.tiny, { seed: 7 });
const { features, levels } = await encoder.encode(samples);
console.log('features', features.dims, 'levels', levels.dims);

const short = { ...samples, dims: [1, 200, 320] }; // 20 ms are less than a window
await encoder.encode(short).catch((error) => console.log(error.code, '-', error.message));
await encoder.dispose();

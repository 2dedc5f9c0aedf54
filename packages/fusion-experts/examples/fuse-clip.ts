// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { FusionExperts, presets } from '@nano-emox/fusion-experts';

// Three depths of a voice (8 clips) and of a scene (8 frames), as the encoders give them: [batch, time, depth, dim].
const wave = (shift: number) => Float32Array.from({ length: 8 * 3 * 128 }, (_, index) => Math.sin(index * shift));
const audio = { type: 'float32', dims: [1, 8, 3, 128], data: wave(0.7) } as const;
const scene = { type: 'float32', dims: [1, 8, 3, 128], data: wave(1.3) } as const;

const fusion = await FusionExperts.create(presets.tiny, { seed: 7 });
const { embeddings, gate } = await fusion.fuse({ audio, scene });
console.log('tokens', embeddings.dims);
console.log('experts', Array.from(gate?.data ?? [], (share) => share.toFixed(2)).join(' '));

const flat = { ...scene, dims: [1, 8, 3 * 128] }; // the depths must have an axis of their own
await fusion.fuse({ audio, scene: flat }).catch((error) => console.log(error.code, '-', error.message));
await fusion.dispose();

// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { Adapter, presets } from '@nano-emox/adapters';

// Features as an encoder gives them: one clip, 8 time steps of width 128.
const features = { type: 'float32', dims: [1, 8, 128], data: new Float32Array(8 * 128).fill(0.5) } as const;

const adapter = await Adapter.create(presets.tiny.audio, { seed: 7 });
const { modality, embeddings } = await adapter.adapt(features);
console.log(modality, adapter.inputSpec.axes, '->', adapter.outputSpec.axes, embeddings.dims);

await adapter.adapt({ ...features, dims: [1, 16, 64] }).catch((error) => console.log(error.code, '-', error.message));
await adapter.dispose();

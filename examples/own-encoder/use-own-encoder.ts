// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Adapter } from '@nano-emox/adapters';
import { traceModule } from '@nano-emox/engine';
import { directionalGradient } from '@nano-emox/engine/testing';
import { CausalLanguageModel } from '@nano-emox/lm-lora';
import { buildPrompt } from '@nano-emox/tasks';
import { floatTensor } from '@nano-emox/tensor-contract';
import { folder } from '@nano-emox/weights-tiny';
import { LoudnessEncoder, loudnessModule } from './loudness-encoder';

// Eight pieces of 2 s of sound at 16 kHz: a tone that grows louder.
const wave = Float32Array.from({ length: 8 * 32_000 }, (_, index) => (index / 256_000) * Math.sin(index / 12));
const samples = floatTensor(wave, [1, 8, 32_000]);

// 1. It runs, and what does not fit is refused.
const encoder = await LoudnessEncoder.create({}, { seed: 7 });
const { features } = await encoder.encode(samples);
console.log('features', features.dims);
await encoder.encode(floatTensor(wave, [1, 4, 64_000])).catch((error) => console.log(error.code));

// 2. It learns: the gradient that is derived is the one that is measured, and every weight has one.
const graph = traceModule(loudnessModule, encoder.config, { axes: { batch: 1, time: 8 } });
const { slope, measuredSlope, norms } = await directionalGradient(graph, { samples });
console.log('gradient right', Math.abs(slope - measuredSlope) < 0.02 * Math.abs(slope));
console.log('weights that learn', [...norms.values()].filter((norm) => norm > 0).length, 'of', norms.size);

// 3. Saved and loaded, it is the same.
const saved = await mkdtemp(join(tmpdir(), 'own-encoder-'));
await encoder.save(saved);
const loaded = await LoudnessEncoder.fromPretrained(saved);
const again = await loaded.encode(samples);
console.log(
  'the same',
  again.features.data.every((value, index) => value === features.data[index]),
);
await rm(saved, { recursive: true });

// 4. The language model reads it, through an adapter as wide as both.
const languageModel = await CausalLanguageModel.fromPretrained(join(folder, 'language-model'));
const lmDim = languageModel.embeddingDim;
const adapter = await Adapter.create({ type: 'linear', modality: 'audio', inputDim: 128, lmDim }, { seed: 7 });
const voice = await adapter.adapt(features);
const prompt = buildPrompt('mer', { mode: 'audio_text', subtitle: 'I passed my exam!', candidates: false });
const continuations = ['happy', 'sad'];
const scores = await languageModel.score(prompt, [voice], continuations);
console.log(
  'soft tokens',
  voice.embeddings.dims,
  'scored',
  scores.every(({ logProbability }) => logProbability < 0),
);

for (const part of [encoder, loaded, adapter, languageModel]) await part.dispose();

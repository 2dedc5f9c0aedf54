// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { discrepancyOf, duplexAttention, observeAttention, presets } from '@nano-emox/duplex-attention';
import { CausalLanguageModel, readCarried } from '@nano-emox/lm-lora';

const vocab = { how: 0, does: 1, she: 2, feel: 3, calm: 4, sad: 5 };
const words = { model: { type: 'WordLevel', vocab }, pre_tokenizer: { type: 'Whitespace' } };
const tokenizer = { ...words, normalizer: null, post_processor: null, decoder: null, added_tokens: [] };
const sizes = { vocabSize: 6, hidden: 32, layers: 2, heads: 4, keyHeads: 2, mlp: 64 };
const prompt = [{ modality: 'face' }, { text: 'how does she feel' }] as const;
const pixels = Float32Array.from({ length: 4 * 32 }, (_, index) => Math.sin(index));
const face = { modality: 'face', embeddings: { type: 'float32', dims: [1, 4, 32], data: pixels } } as const;

const plain = await CausalLanguageModel.create(sizes, { tokenizer, seed: 1 });
const config = { ...sizes, attention: presets.paper };
const duplex = await CausalLanguageModel.create(config, { tokenizer, seed: 1, attention: duplexAttention });
for (const model of [plain, duplex]) {
  const [calm] = await model.score(prompt, [face], ['calm']); // fresh duplex attention changes nothing
  console.log(model.weights.size, 'weights, calm:', calm?.logProbability.toFixed(4));
}

const observed = await readCarried(duplex, observeAttention(duplexAttention), prompt, [face]);
const { layers, averageGap } = discrepancyOf(observed);
console.log('text to text', layers[0]?.text.self?.toFixed(3), 'and to face', layers[0]?.text.cross?.toFixed(3));
console.log('average gap of text', averageGap.text?.toFixed(3));

const forgotten = CausalLanguageModel.fromWeights(duplex.config, duplex.weights, { tokenizer });
await forgotten.catch((error) => console.log(error.code, '-', error.message));
await plain.dispose();
await duplex.dispose();

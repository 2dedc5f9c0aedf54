// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { CausalLanguageModel } from '@nano-emox/lm-lora';
import { readLlama2cModel, readLlama2cTokenizer } from '@nano-emox/lm-lora/llama2c';

// A real model, 260,000 weights, trained on short stories: https://huggingface.co/karpathy/tinyllamas (stories260K).
const folder = process.env.STORIES_FOLDER ?? 'stories260K';
const { config, weights } = await readLlama2cModel(`${folder}/stories260K.bin`);
const tokenizer = await readLlama2cTokenizer(`${folder}/tok512.bin`);
const model = await CausalLanguageModel.fromWeights(config, weights, { tokenizer });

let story = '';
for await (const { text } of model.generate([{ text: 'Tom was sad because' }], [], { stop: ['.'] })) story += text;
console.log(`Tom was sad because${story}.`);

const answers = ['happy', 'sad', 'purple'];
const scores = await model.score([{ text: 'Lily got a big hug from her mom. Lily was very' }], [], answers);
for (const [index, { logProbability }] of scores.entries()) console.log(answers[index], logProbability.toFixed(2));

await model.dispose();

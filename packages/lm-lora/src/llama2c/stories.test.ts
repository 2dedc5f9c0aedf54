import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openExecutor } from '@nano-emox/engine/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CausalLanguageModel } from '../causal-language-model';
import { TextTokenizer } from '../tokenizer/text-tokenizer';
import { readLlama2cModel } from './read-model';
import { readLlama2cTokenizer } from './read-tokenizer';

const shared = process.env.NANO_EMOX_DATA ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const folder = join(shared, 'lm', 'stories260k');
const present = existsSync(join(folder, 'stories260K.bin'));

/** The greedy sample in the model's own description: the text behind the first `./run … -t 0.0`. */
async function publishedSample(): Promise<string> {
  const text = await readFile(join(folder, 'stories260K.md'), 'utf8');
  const sample = /-t 0\.0\n([\s\S]*?)\n```/.exec(text)?.[1];
  if (!sample) throw new Error('stories260K.md has no greedy sample');
  return sample;
}

describe.skipIf(!present)(`stories260K (skipped where ${folder} is absent)`, () => {
  let model: CausalLanguageModel;
  const executors = openExecutor({ workers: 0, threads: 1 });
  beforeAll(async () => {
    const { config, weights } = await readLlama2cModel(join(folder, 'stories260K.bin'));
    const tokenizer = await readLlama2cTokenizer(join(folder, 'tok512.bin'));
    model = await CausalLanguageModel.fromWeights(config, weights, { tokenizer, executor: await executors });
  });
  afterAll(async () => {
    await model.dispose();
    await (await executors).dispose();
  });

  it('reproduces the published greedy sample, all of it', async () => {
    let text = '';
    let tokens = 0;
    for await (const token of model.generate([], [], { maxNewTokens: 256 })) {
      text += token.text;
      tokens++;
    }
    expect(tokens).toBeGreaterThan(200);
    expect(text.trimEnd()).toBe(await publishedSample());
  });

  it('cuts text into the tokens the model chose itself', async () => {
    // The model was trained on this tokenizer's cuts, so its own text comes back as the ids it generated.
    const ids: number[] = [];
    let text = '';
    for await (const token of model.generate([], [], { maxNewTokens: 120 })) {
      ids.push(token.id);
      text += token.text;
    }
    expect(model.tokenizer.encode(text)).toEqual(ids);
  });

  it('spells what the vocabulary lacks in bytes', async () => {
    const tokenizer = TextTokenizer.fromJson(await readLlama2cTokenizer(join(folder, 'tok512.bin')));
    const ids = tokenizer.encode('né 😀');
    expect(ids.slice(-4)).toEqual([0xf0, 0x9f, 0x98, 0x80].map((byte) => byte + 3));
    expect(tokenizer.decode(ids)).toBe('né 😀');
  });

  it('finds a text from its corpus more probable than the same words in disorder', async () => {
    const [good, bad] = await model.score([{ text: 'Once upon a time' }], [], [', there was a', ' was, a there']);
    expect(good?.logProbability).toBeGreaterThan((bad?.logProbability as number) + 5);
  });
});

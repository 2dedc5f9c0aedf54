import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { componentFromWeights, openExecutor } from '@nano-emox/engine/runtime';
import {
  AbortedError,
  DisposedError,
  type FloatTensor,
  floatTensor,
  InvalidArgumentError,
  InvalidConfigError,
  MissingModalityError,
  type NanoEmoxError,
  ShapeMismatchError,
  type SoftTokens,
} from '@nano-emox/tensor-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturePath } from './__fixtures__/fixtures';
import { CausalLanguageModel } from './causal-language-model';
import { logSumExp } from './generation/sampling';
import { decoderDefinition } from './language-model-definition';
import { collateSequences } from './sequence/collate-sequences';
import { tokenizePrompt } from './sequence/tokenize-prompt';
import type { TokenizerJson } from './tokenizer/text-tokenizer';

const executor = await openExecutor({ workers: 0, threads: 1 });
const tokenizer = JSON.parse(await readFile(fixturePath('tokenizer.json'), 'utf8')) as TokenizerJson;
const HIDDEN = 32;
const config = {
  vocabSize: 600,
  hidden: HIDDEN,
  layers: 2,
  heads: 4,
  keyHeads: 2,
  mlp: 48,
  maxPositions: 160,
  specialTokens: { bos: 593, eos: [594] },
  lora: { rank: 4 },
};

const soft = (modality: SoftTokens['modality'], tokens: number, seed: number): SoftTokens => ({
  modality,
  embeddings: floatTensor(
    Float32Array.from({ length: tokens * HIDDEN }, (_, index) => Math.sin(seed + index * 0.7)),
    [1, tokens, HIDDEN],
  ),
});
const prompt = [
  { text: '###Human: <Audio>' },
  { modality: 'audio' as const },
  { text: '</Audio> <Video>' },
  { modality: 'face' as const },
  { text: '</Video> what does the speaker feel? ###Assistant: ' },
];
const softTokens = [soft('face', 2, 1), soft('audio', 3, 2)];

let model: CausalLanguageModel;
beforeAll(async () => {
  // Fresh weights are nearly uniform; larger ones give the model opinions.
  const fresh = await CausalLanguageModel.create(config, { tokenizer, executor, seed: 5 });
  const weights = new Map(
    [...fresh.weights].map(([name, tensor]) => {
      const isMatrix = tensor.dims.length === 2;
      return [name, { ...tensor, data: (tensor as FloatTensor).data.map((value) => (isMatrix ? value * 12 : value)) }];
    }),
  );
  await fresh.dispose();
  model = await CausalLanguageModel.fromWeights(config, weights, { tokenizer, executor });
});
afterAll(async () => {
  await model.dispose();
  await executor.dispose();
});

async function collect(stream: AsyncIterable<{ id: number; text: string; logProbability: number }>) {
  const tokens = [];
  for await (const token of stream) tokens.push(token);
  return { tokens, ids: tokens.map(({ id }) => id), text: tokens.map(({ text }) => text).join('') };
}
const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: NanoEmoxError) => error.code,
  );

describe('CausalLanguageModel.continuationLogits', () => {
  it('are those that generation chose by', async () => {
    const { ids, tokens } = await collect(model.generate(prompt, softTokens, { maxNewTokens: 12 }));
    const { dims, data } = await model.continuationLogits(prompt, softTokens, ids);
    expect(dims).toEqual([ids.length, 600]);
    const rows = ids.map((_, index) => data.subarray(index * 600, (index + 1) * 600));
    expect(rows.map((row) => row.indexOf(Math.max(...row)))).toEqual(ids);
    rows.forEach((row, index) => {
      expect((row[ids[index] as number] as number) - logSumExp(row)).toBeCloseTo(tokens[index]?.logProbability ?? 1, 5);
    });
  });

  it('of tokens that cannot follow are refused', async () => {
    for (const ids of [[], [600], [-1], [0.5], new Array<number>(160).fill(1)]) {
      expect(await code(model.continuationLogits(prompt, softTokens, ids))).toBe('INVALID_ARGUMENT');
    }
    const signal = AbortSignal.abort();
    expect(await code(model.continuationLogits(prompt, softTokens, [1], { signal }))).toBe('ABORTED');
  });
});

describe('CausalLanguageModel.generate', () => {
  it('streams the text of its tokens, each with its log-probability', async () => {
    const { tokens, ids, text } = await collect(model.generate(prompt, softTokens, { maxNewTokens: 40 }));
    expect(tokens).toHaveLength(40);
    expect(model.tokenizer.decode(ids, { skipSpecialTokens: true }).startsWith(text)).toBe(true);
    expect(tokens.every(({ logProbability }) => logProbability <= 0 && Number.isFinite(logProbability))).toBe(true);
  });

  it('is repeatable by seed, and another seed says something else', async () => {
    const say = async (seed: number) =>
      (await collect(model.generate(prompt, softTokens, { temperature: 1.5, seed, maxNewTokens: 20 }))).ids;
    expect(await say(1)).toEqual(await say(1));
    expect(await say(1)).not.toEqual(await say(2));
  });

  it('hears soft tokens: other features, other words; their order in the call does not matter', async () => {
    const say = async (tokens: SoftTokens[]) =>
      (await collect(model.generate(prompt, tokens, { maxNewTokens: 20 }))).tokens.map((token) => token.logProbability);
    const heard = await say(softTokens);
    expect(await say([...softTokens].reverse())).toEqual(heard);
    expect(await say([soft('face', 2, 9), soft('audio', 3, 2)])).not.toEqual(heard);
  });

  it('lets generations run at the same time without disturbing each other', async () => {
    const say = (seed: number) =>
      collect(model.generate(prompt, softTokens, { temperature: 1, seed, maxNewTokens: 15 }));
    const alone = [await say(1), await say(2), await say(3)];
    const together = await Promise.all([say(1), say(2), say(3)]);
    expect(together).toEqual(alone);
  });

  it('ends before a stop text, which may lie across tokens', async () => {
    const { text: whole, tokens } = await collect(model.generate(prompt, softTokens, { maxNewTokens: 40 }));
    // A stop text that begins inside one token and ends inside another.
    const border = tokens.slice(0, 12).reduce((length, token) => length + token.text.length, 0);
    const stop = whole.slice(border - 1, border + 2);
    const { text } = await collect(model.generate(prompt, softTokens, { maxNewTokens: 40, stop: [stop] }));
    expect(stop.length).toBe(3);
    expect(text).toBe(whole.slice(0, whole.indexOf(stop)));
  });

  it('ends with the end-of-text token, which has no text', async () => {
    const { ids } = await collect(model.generate(prompt, softTokens, { maxNewTokens: 6 }));
    const ending = await CausalLanguageModel.fromWeights(
      { ...config, specialTokens: { bos: 593, eos: [ids[5] as number] } },
      model.weights,
      { tokenizer, executor },
    );
    const first = ids.indexOf(ids[5] as number);
    const { tokens } = await collect(ending.generate(prompt, softTokens));
    expect(tokens.map(({ id }) => id)).toEqual(ids.slice(0, first + 1));
    expect(tokens[first]?.text).toBe('');
    await ending.dispose();
  });

  it('ends where the positions end', async () => {
    const { inputIds } = tokenizePrompt(model.tokenizer, prompt, { face: 2, audio: 3 }, 593);
    const { tokens } = await collect(model.generate(prompt, softTokens, { maxNewTokens: 1000 }));
    expect(inputIds.length + tokens.length).toBe(160);
  });

  it('stops between tokens when aborted', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { id } of model.generate(prompt, softTokens, { signal: controller.signal })) {
        seen.push(id);
        if (seen.length === 3) controller.abort();
      }
    })();
    await expect(reading).rejects.toThrow(AbortedError);
    expect(seen).toHaveLength(3);
    expect(executor.usage().states).toBe(0);
  });

  it('frees its cache when the stream ends, is left, or fails', async () => {
    const before = executor.usage();
    for (let round = 0; round < 5; round++) {
      await collect(model.generate(prompt, softTokens, { maxNewTokens: 3 }));
      for await (const token of model.generate(prompt, softTokens)) if (token.id >= 0) break;
      await code(collect(model.generate(prompt, softTokens, { signal: AbortSignal.abort() })));
      await code(collect(model.generate(prompt, [])));
    }
    expect(executor.usage()).toEqual(before);
    const open = model.generate(prompt, softTokens);
    await open.next();
    expect(executor.usage().states).toBe(before.states + 1);
    await open.return();
    expect(executor.usage()).toEqual(before);
  });

  it('says what is wrong with a prompt', async () => {
    const [face, audio] = softTokens as [SoftTokens, SoftTokens];
    await expect(collect(model.generate(prompt, [face]))).rejects.toThrow(MissingModalityError);
    await expect(collect(model.generate(prompt, [face, audio, audio]))).rejects.toThrow(InvalidArgumentError);
    await expect(collect(model.generate([...prompt, { modality: 'face' }], softTokens))).rejects.toThrow(
      InvalidArgumentError,
    );
    const narrow = { ...face, embeddings: floatTensor(new Float32Array(32), [1, 2, 16]) };
    await expect(collect(model.generate(prompt, [narrow, audio]))).rejects.toThrow(ShapeMismatchError);
    await expect(collect(model.generate([{ text: 'word '.repeat(200) }], []))).rejects.toThrow(/positions/);
    await expect(collect(model.generate(prompt, softTokens, { temperature: -1 }))).rejects.toThrow(
      InvalidArgumentError,
    );
  });
});

describe('CausalLanguageModel.score', () => {
  const answers = ['sad', 'happy, hopeful', '', 'x', 'the speaker feels calm.###'];

  it('agrees with teacher forcing of whole sequences', async () => {
    const scores = await model.score(prompt, softTokens, answers);
    const handle = await componentFromWeights(decoderDefinition, model.config, model.weights, { executor });
    const counts = { face: 2, audio: 3 };
    const { inputIds, spliceIndex } = tokenizePrompt(model.tokenizer, prompt, counts, 593);
    const [face, audio] = softTokens as [SoftTokens, SoftTokens];
    for (const [index, answer] of answers.entries()) {
      const ids = model.tokenizer.encode(answer);
      const sequence = {
        inputIds: [...inputIds, ...ids],
        spliceIndex: [...spliceIndex, ...ids.map(() => -1)],
        labels: [...inputIds, ...ids],
      };
      const { labels: _, ...batch } = collateSequences([sequence], 5);
      const joined = Float32Array.from([...face.embeddings.data, ...audio.embeddings.data]);
      const { logits } = await handle.run({ ...batch, softTokens: floatTensor(joined, [1, 5, HIDDEN]) });
      let expected = 0;
      ids.forEach((id, place) => {
        const row = (logits as FloatTensor).data.subarray((inputIds.length + place - 1) * 600).subarray(0, 600);
        expected += (row[id] as number) - logSumExp(row);
      });
      expect(scores[index]?.tokens).toBe(ids.length);
      expect(scores[index]?.logProbability).toBeCloseTo(expected, 3);
    }
    await handle.dispose();
  });

  it('agrees with the log-probabilities of generation', async () => {
    let compared = 0;
    for (let seed = 0; seed < 12; seed++) {
      const options = { temperature: 1, seed, maxNewTokens: 2 };
      const { tokens, ids, text } = await collect(model.generate(prompt, softTokens, options));
      // Only where the text is cut into the same tokens again can the two be compared.
      if (model.tokenizer.encode(text).join() !== ids.join()) continue;
      const [score] = await model.score(prompt, softTokens, [text]);
      const sum = tokens.reduce((total, { logProbability }) => total + logProbability, 0);
      expect(score?.logProbability).toBeCloseTo(sum, 3);
      compared++;
    }
    expect(compared).toBeGreaterThan(2);
  });

  it('scores many answers in several runs as it scores each alone', async () => {
    const many = Array.from({ length: 70 }, (_, index) => `answer number ${index}, ${'very '.repeat(index % 7)}calm.`);
    const longEnough = many.reduce((sum, text) => sum + model.tokenizer.encode(text).length, 0);
    expect(longEnough).toBeGreaterThan(1024);
    const together = await model.score([{ text: 'Say ' }], [], many);
    for (const index of [0, 17, 69]) {
      const [alone] = await model.score([{ text: 'Say ' }], [], [many[index] as string]);
      expect(together[index]?.logProbability).toBeCloseTo(alone?.logProbability as number, 3);
    }
    expect(executor.usage().states).toBe(0);
  });

  it('refuses answers that do not fit, and does not run when aborted', async () => {
    expect(await code(model.score(prompt, softTokens, ['word '.repeat(200)]))).toBe('INVALID_ARGUMENT');
    expect(await code(model.score(prompt, softTokens, ['a'], { signal: AbortSignal.abort() }))).toBe('ABORTED');
    expect(await model.score(prompt, softTokens, [])).toEqual([]);
    expect(executor.usage().states).toBe(0);
  });
});

describe('CausalLanguageModel on disk', () => {
  it('comes back the same, tokenizer included', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nano-emox-lm-'));
    try {
      await model.save(folder);
      expect((await readdir(folder)).sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
      const loaded = await CausalLanguageModel.fromPretrained(folder, { executor });
      expect(loaded.config).toEqual(model.config);
      const options = { maxNewTokens: 10 };
      expect(await collect(loaded.generate(prompt, softTokens, options))).toEqual(
        await collect(model.generate(prompt, softTokens, options)),
      );
      await loaded.dispose();
      await rm(join(folder, 'tokenizer.json'));
      expect(await code(CausalLanguageModel.fromPretrained(folder, { executor }))).toBe('MISSING_FILE');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('refuses a tokenizer with more tokens than the model has rows', async () => {
    const small = { ...config, vocabSize: 598, specialTokens: { bos: null, eos: [] } };
    await expect(CausalLanguageModel.create(small, { tokenizer, executor })).rejects.toThrow(InvalidConfigError);
  });

  it('cannot be used after dispose, which may be repeated', async () => {
    const before = executor.usage();
    const short = await CausalLanguageModel.create(config, { tokenizer, executor });
    await short.warmUp();
    const reading = short.generate(prompt, softTokens);
    await reading.next();
    await short.dispose();
    await short.dispose();
    await expect(reading.next()).rejects.toThrow(DisposedError);
    await expect(short.score(prompt, softTokens, ['a'])).rejects.toThrow(DisposedError);
    expect(executor.usage()).toEqual(before);
  });
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AttentionExtension,
  add,
  cast,
  equal,
  mul,
  normal,
  plainAttention,
  reshape,
  sum,
  tokenKinds,
  type Value,
} from '@nano-emox/engine';
import { componentFromWeights, openExecutor } from '@nano-emox/engine/runtime';
import { type FloatTensor, f32, floatTensor, InvalidConfigError, type SoftTokens } from '@nano-emox/tensor-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturePath } from '../__fixtures__/fixtures';
import { CausalLanguageModel } from '../causal-language-model';
import { readCarried } from '../generation/read-carried';
import { logSumExp } from '../generation/sampling';
import { decoderDefinitionWith } from '../language-model-definition';
import { collateSequences } from '../sequence/collate-sequences';
import { collateKinds } from '../sequence/token-kinds';
import { tokenizePrompt } from '../sequence/tokenize-prompt';
import type { TokenizerJson } from '../tokenizer/text-tokenizer';
import { attachAttention } from './attach-attention';

/** Adds to the keys of text the sum of all face keys so far, times a learned factor: reads kinds and carries a tensor. */
const faceSum: AttentionExtension = {
  type: 'face-sum',
  resolveConfig: (config) => ({ scale: 1, ...config }),
  carried: () => ({ faces: f32('batch', 'keyHeads', 1, 'headDim') }),
  attend: ({ key, kinds, carried, layer, ...parts }, weights, { scale }) => {
    const isKind = (code: number): Value =>
      reshape(cast(equal(kinds, code), 'float32'), [kinds.shape[0] as number, 1, kinds.shape[1] as number, 1]);
    const found = sum(mul(key, isKind(tokenKinds.face)), [2], true);
    const faces = carried?.faces ? add(carried.faces, found) : found;
    const factor = weights.scope('face_sum', layer).get('factor', [1], normal(0.3));
    const isText = add(isKind(tokenKinds.text), isKind(tokenKinds.answer));
    const aligned = add(key, mul(mul(faces, isText), mul(factor, scale as number)));
    return { ...plainAttention({ ...parts, key: aligned }), carried: { faces } };
  },
};

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
  attention: { type: 'face-sum' },
};
const faces: SoftTokens = {
  modality: 'face',
  embeddings: floatTensor(
    Float32Array.from({ length: 3 * HIDDEN }, (_, index) => Math.sin(index)),
    [1, 3, HIDDEN],
  ),
};
const prompt = [{ text: 'Look: ' }, { modality: 'face' as const }, { text: ' What does she feel? ' }];
const options = { tokenizer, executor, attention: faceSum };

let model: CausalLanguageModel;
beforeAll(async () => {
  const fresh = await CausalLanguageModel.create(config, { ...options, seed: 5 });
  const weights = [...fresh.weights].map(([name, tensor]) => {
    const { data, dims } = tensor as FloatTensor;
    return [name, floatTensor(dims.length === 2 ? data.map((value) => value * 12) : data, dims)] as const;
  });
  await fresh.dispose();
  model = await CausalLanguageModel.fromWeights(config, new Map(weights), options);
});
afterAll(async () => {
  await model.dispose();
  await executor.dispose();
});

describe('a decoder with an attention extension', () => {
  it('keeps the resolved settings and the weights of the extension with the model', async () => {
    expect(model.config.attention).toEqual({ type: 'face-sum', scale: 1 });
    expect([...model.weights.keys()].filter((name) => name.startsWith('face_sum'))).toEqual([
      'face_sum.0.factor',
      'face_sum.1.factor',
    ]);
    const folder = await mkdtemp(join(tmpdir(), 'nano-emox-lm-'));
    try {
      await model.save(folder);
      const loaded = await CausalLanguageModel.fromPretrained(folder, { executor, attention: faceSum });
      const [before] = await model.score(prompt, [faces], ['calm, kind']);
      expect(await loaded.score(prompt, [faces], ['calm, kind'])).toEqual([before]);
      await loaded.dispose();
      await expect(CausalLanguageModel.fromPretrained(folder, { executor })).rejects.toThrow(
        /Give the extension face-sum/,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('scores answers side by side, token by token and at once alike', async () => {
    const answers = ['sad', 'happy, hopeful and calm', 'x'];
    const scores = await model.score(prompt, [faces], answers);
    const handle = await componentFromWeights(decoderDefinitionWith(faceSum), model.config, model.weights, {
      executor,
    });
    const { inputIds, spliceIndex } = tokenizePrompt(model.tokenizer, prompt, { face: 3 }, 593);
    for (const [index, answer] of answers.entries()) {
      const ids = model.tokenizer.encode(answer);
      const sequence = {
        inputIds: [...inputIds, ...ids],
        spliceIndex: [...spliceIndex, ...ids.map(() => -1)],
        labels: [...inputIds.map(() => -100), ...ids],
      };
      const { labels: _, ...batch } = collateSequences([sequence], 3);
      const kinds = collateKinds([sequence], { face: 3 });
      const { logits } = await handle.run({ ...batch, kinds, softTokens: faces.embeddings });
      const expected = ids.reduce((total, id, place) => {
        const row = (logits as FloatTensor).data.subarray((inputIds.length + place - 1) * 600).subarray(0, 600);
        return total + (row[id] as number) - logSumExp(row);
      }, 0);
      expect(scores[index]?.logProbability).toBeCloseTo(expected, 3);
    }
    await handle.dispose();
    const alone = [];
    for (const answer of answers) alone.push((await model.score(prompt, [faces], [answer]))[0]?.logProbability);
    alone.forEach((score, index) => {
      expect(score).toBeCloseTo(scores[index]?.logProbability as number, 3);
    });
  });

  it('generates with it: what it carries matters and is freed', async () => {
    const say = async (from: CausalLanguageModel) => {
      const found = [];
      for await (const { logProbability } of from.generate(prompt, [faces], { maxNewTokens: 6 }))
        found.push(logProbability);
      return found;
    };
    const without = await CausalLanguageModel.fromWeights(
      { ...config, attention: { type: 'face-sum', scale: 0 } },
      model.weights,
      options,
    );
    expect(await say(model)).not.toEqual(await say(without));
    await without.dispose();
    expect(executor.usage().states).toBe(0);
  });

  it('tells what its layers carry after a prompt and an answer', async () => {
    const carried = await readCarried(model, faceSum, prompt, [faces], { executor, answer: 'calm' });
    expect(carried.map(({ faces: tensor }) => tensor?.dims)).toEqual([
      [1, 2, 1, 8],
      [1, 2, 1, 8],
    ]);
    expect(carried.every(({ faces: tensor }) => (tensor as FloatTensor).data.some((value) => value !== 0))).toBe(true);
    expect(executor.usage().states).toBe(0);
  });

  it('is refused without the extension, with another, or with unnamed settings', async () => {
    const other = { ...faceSum, type: 'other' };
    await expect(CausalLanguageModel.create(config, { tokenizer, executor })).rejects.toThrow(InvalidConfigError);
    await expect(CausalLanguageModel.create(config, { ...options, attention: other })).rejects.toThrow(
      /of type other was given/,
    );
    const unnamed = { ...config, attention: {} as { type: string } };
    await expect(CausalLanguageModel.create(unnamed, options)).rejects.toThrow(/attention.type/);
  });

  it('is what attachAttention makes of a plain one', async () => {
    const { attention: _, ...plain } = config;
    const base = await CausalLanguageModel.create(plain, { tokenizer, executor, seed: 1 });
    const attached = attachAttention(
      { config: base.config, weights: base.weights },
      { type: 'face-sum', scale: 2 },
      faceSum,
      3,
    );
    expect(attached.config).toEqual({ ...base.config, attention: { type: 'face-sum', scale: 2 } });
    expect(attached.weights.size).toBe(base.weights.size + 2);
    expect(attached.weights.get('model.norm.weight')).toBe(base.weights.get('model.norm.weight'));
    await base.dispose();
  });
});

describe('collateKinds', () => {
  it('tells modalities, prompt, answer and padding apart; what follows the first supervised token is answer', () => {
    const long = {
      inputIds: [1, 0, 0, 0, 5, 6, 0, 7],
      spliceIndex: [-1, 0, 1, 2, -1, -1, 1, -1],
      labels: [-100, -100, -100, -100, -100, 6, -100, 7],
    };
    const short = { inputIds: [4, 0], spliceIndex: [-1, 3], labels: [-100, -100] };
    const { dims, data } = collateKinds([long, short], { frame: 1, audio: 2, multi: 1 });
    expect(dims).toEqual([2, 8]);
    expect(Array.from(data, Number)).toEqual([2, 3, 5, 5, 2, 1, 1, 1, 2, 6, 0, 0, 0, 0, 0, 0]);
  });
});

import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isLoraWeight, readLanguageCheckpoint } from '@nano-emox/lm-lora';
import { taskIds } from '@nano-emox/tasks';
import { type HostTensor, InvalidConfigError } from '@nano-emox/tensor-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brief, hasTrainedModel, sampleClip } from '../__fixtures__/tiny-model';
import { aroundLanguageModel, type EmotionModelConfig, NanoEmoX, presets, resolveModelConfig } from '../index';

/** A Llama decoder of 32 channels with random weights, its tokenizer and chat template, from tooling/oracles/language-checkpoint.py. */
const checkpoint = fileURLToPath(
  new URL('../../../lm-lora/src/__fixtures__/language-checkpoint/llama.gguf', import.meta.url),
);
const canRun = hasTrainedModel && existsSync(checkpoint);
const bytes = ({ data }: HostTensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
const same = (left: HostTensor | undefined, right: HostTensor | undefined) =>
  left !== undefined && right !== undefined && bytes(left).equals(bytes(right));

describe.skipIf(!canRun)('a model around a language model from a checkpoint', () => {
  let config: EmotionModelConfig;
  let model: NanoEmoX;
  let tiny: NanoEmoX;
  let folder: string;
  beforeAll(async () => {
    const { config: stated } = await readLanguageCheckpoint(checkpoint, { lora: { rank: 2 } });
    config = aroundLanguageModel(presets.tiny, stated);
    model = await NanoEmoX.assemble(config, { languageModel: checkpoint, encoders: 'tiny' }, { workers: 0, seed: 3 });
    tiny = await NanoEmoX.fromPretrained('tiny', { workers: 0 });
    folder = await mkdtemp(join(tmpdir(), 'assembled-model-'));
  });
  afterAll(async () => {
    await model.dispose();
    await tiny.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('answers six tasks, and the same after it was saved', async () => {
    const { tasks } = await model.analyze(sampleClip, { words: 'I passed!', sampling: brief });
    expect(Object.keys(tasks)).toEqual(taskIds);
    await model.save(folder);
    await using again = await NanoEmoX.fromPretrained(folder, { workers: 0 });
    const repeated = await again.analyze(sampleClip, { words: 'I passed!', tasks: ['erg'], sampling: brief });
    expect(repeated.tasks.erg?.text).toBe(tasks.erg?.text);
  });

  it('has the trained encoders, and a head that fits the language model', () => {
    for (const part of ['sceneEncoder', 'audioEncoder'] as const) {
      for (const [name, tensor] of model.components[part].weights) {
        expect(same(tensor, tiny.components[part].weights.get(name)), name).toBe(true);
      }
    }
    const face = model.components.faceEncoder;
    const changed = [...face.weights].filter(
      ([name, tensor]) => !same(tensor, tiny.components.faceEncoder.weights.get(name)),
    );
    expect(changed.length).toBeGreaterThan(0);
    for (const [name] of changed) expect(name).toMatch(/^(query|attn\.|face_proj\.)/);
    expect(face.config.lmDim).toBe(32);
  });

  it('has the language model of the checkpoint with fresh low-rank matrices, and can chat', async () => {
    const { weights } = await readLanguageCheckpoint(checkpoint);
    const { languageModel } = model.components;
    for (const [name, tensor] of weights) expect(same(tensor, languageModel.weights.get(name)), name).toBe(true);
    expect([...languageModel.weights.keys()].filter(isLoraWeight).length).toBeGreaterThan(0);
    expect(languageModel.chatPrompt([{ role: 'user', content: 'Hi' }])).toHaveLength(1);
  });

  it('takes an attention of its own', async () => {
    const languageModel = { ...config.languageModel, attention: { type: 'duplex-attention' } };
    const options = { workers: 0 };
    await using duplex = await NanoEmoX.assemble({ ...config, languageModel }, { languageModel: checkpoint }, options);
    const { tasks } = await duplex.analyze(sampleClip, { tasks: ['mer'], sampling: brief });
    expect(tasks.mer?.text.length).toBeGreaterThan(0);
  });

  it('refuses another language model than the configuration says', async () => {
    const misfits: [string, Partial<EmotionModelConfig['languageModel']>][] = [
      ['languageModel.ropeTheta', { ropeTheta: 10_000 }],
      ['languageModel.mlp', { mlp: 64 }],
    ];
    for (const [field, change] of misfits) {
      const other = { ...config, languageModel: { ...config.languageModel, ...change } };
      const assembling = NanoEmoX.assemble(other, { languageModel: checkpoint }, { workers: 0 });
      await expect(assembling).rejects.toThrow(InvalidConfigError);
      await expect(assembling).rejects.toMatchObject({ field });
    }
  });
});

describe('aroundLanguageModel', () => {
  it('makes the published encoders fit a smaller reader', () => {
    const config = resolveModelConfig(aroundLanguageModel(presets.paper, presets.small.languageModel));
    expect([config.fusion.lmDim, config.faceEncoder.lmDim, config.sceneEncoder.hidden]).toEqual([576, 576, 1024]);
  });
});

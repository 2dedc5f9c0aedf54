import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveHeadConfig, resolvePerceptionConfig } from '@nano-emox/distillation';
import { openExecutor } from '@nano-emox/engine/runtime';
import { type EmotionModelConfig, NanoEmoX } from 'nano-emox';
import { changeModelConfig, isDuplexWeight } from 'nano-emox/training';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTokenizerOfTiny, smallConfig } from '../__fixtures__/small-model';
import { createSmallModel, hasTokenizer } from '../__fixtures__/small-source';
import { partsOfModel } from './pretrained-folders';
import { saveEmotionModel } from './save-model';
import { trainableNetwork } from './trainable-network';

describe.skipIf(!hasTokenizer)('a model written from a training', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'save-model-'));
    const model = await createSmallModel();
    await model.save(join(folder, 'base'));
    await model.dispose();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Writes what a training of `config` starts from, and gives its language model's duplex attention and configuration. */
  async function written(name: string, config: EmotionModelConfig, base = 'base') {
    const pretrained = partsOfModel(join(folder, base));
    const { weights } = await trainableNetwork(config, pretrained.languageModel, 3);
    const executor = await openExecutor({ workers: 0 });
    const tokenizer = await readTokenizerOfTiny();
    await saveEmotionModel(join(folder, name), { config, pretrained, weights, tokenizer, executor, seed: 3 });
    const model = await NanoEmoX.fromPretrained(join(folder, name), { executor });
    const duplex = [...model.components.languageModel.weights].filter(([weight]) => isDuplexWeight(weight));
    await model.dispose();
    await executor.dispose();
    return { config: model.config, duplex: new Map(duplex) };
  }

  it('begins duplex attention on a plain language model, keeps it, and can leave it', async () => {
    const duplex = changeModelConfig(smallConfig, { attention: 'paper' });
    const begun = await written('duplex', duplex);
    expect(begun.duplex.size).toBe(3);
    const kept = await written('again', duplex, 'duplex');
    expect(kept.duplex).toEqual(begun.duplex);
    expect((await written('plain', smallConfig, 'duplex')).duplex.size).toBe(0);
  });

  it('has no perception head, which belonged to another language model', async () => {
    const head = resolveHeadConfig({ featureDim: smallConfig.faceEncoder.headWidth, labels: ['happy', 'sad'] });
    const { config } = await written('headless', { ...smallConfig, perceptionHead: resolvePerceptionConfig({ head }) });
    expect(config).not.toHaveProperty('perceptionHead');
  });
});

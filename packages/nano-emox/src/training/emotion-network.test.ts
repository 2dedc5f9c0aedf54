import { Adapter } from '@nano-emox/adapters';
import { componentFromWeights, floatResult, openExecutor } from '@nano-emox/engine/runtime';
import { scopeWeights } from '@nano-emox/engine/weights';
import { faceTokensModule } from '@nano-emox/face-encoder';
import { FusionExperts } from '@nano-emox/fusion-experts';
import { CausalLanguageModel } from '@nano-emox/lm-lora';
import type { FloatTensor, SoftTokens } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import { config, conversations, promptOf, samples, tokenizer, weights } from '../__fixtures__/emotion-samples';
import { presets } from '../index';
import { collateEmotionBatch, type EmotionSample } from './collate-emotion-batch';
import { emotionNetwork, softTokenCounts, weightRoots } from './emotion-network';

const startingWith = (...prefixes: string[]) =>
  new Map([...weights].filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix))));

describe('emotionNetwork', async () => {
  const executor = await openExecutor({ workers: 0 });

  const network = await componentFromWeights(
    { type: 'emotion-network', module: emotionNetwork, resolveConfig: () => config },
    config,
    weights,
    { executor },
  );
  afterAll(async () => {
    await network.dispose();
    await executor.dispose();
  });

  /** The loss of the training graph. */
  async function trainingLoss(batch: readonly EmotionSample[]): Promise<number> {
    const { loss } = await network.run(collateEmotionBatch(batch, config));
    return (loss as FloatTensor).data[0] as number;
  }

  it('computes what the components compute: adapters, fusion, language model', async () => {
    const shared = { executor };
    const videoAdapter = await Adapter.fromWeights(config.videoAdapter, startingWith('video_'), shared);
    const audioAdapter = await Adapter.fromWeights(config.audioAdapter, startingWith('audio_'), shared);
    const fusion = await FusionExperts.fromWeights(config.fusion, startingWith('multi_'), shared);
    const languageModel = await CausalLanguageModel.fromWeights(
      config.languageModel,
      scopeWeights(weights, weightRoots.languageModel),
      { ...shared, tokenizer },
    );
    const faceTokens = await componentFromWeights(
      { type: 'face-tokens', module: faceTokensModule, resolveConfig: () => config.faceEncoder },
      config.faceEncoder,
      scopeWeights(weights, weightRoots.face),
      shared,
    );

    let logProbability = 0;
    let tokens = 0;
    for (const conversation of conversations) {
      const { scene, sceneLevels, face, audio, audioLevels } = conversation.features;
      const softTokens: SoftTokens[] = [];
      if (scene) softTokens.push(await videoAdapter.adapt(scene));
      if (face) {
        const embeddings = floatResult(await faceTokens.run({ features: face }), 'tokens');
        softTokens.push({ modality: 'face', embeddings });
      }
      if (audio) softTokens.push(await audioAdapter.adapt(audio));
      if (sceneLevels && audioLevels) {
        const { embeddings } = await fusion.fuse({ audio: audioLevels, scene: sceneLevels });
        softTokens.push({ modality: 'multi', embeddings });
      }
      // Training supervises the end of text too; as text it is the token `<|im_end|>`.
      const [score] = await languageModel.score(promptOf(conversation), softTokens, [
        `${conversation.answer}<|im_end|>`,
      ]);
      logProbability += score?.logProbability ?? Number.NaN;
      tokens += score?.tokens ?? Number.NaN;
    }
    for (const part of [videoAdapter, audioAdapter, fusion, languageModel, faceTokens]) await part.dispose();

    const supervised = samples.flatMap(({ sequence }) => sequence.labels.filter((label) => label !== -100));
    expect(tokens).toBe(supervised.length);
    const loss = await trainingLoss(samples);
    expect(loss).toBeGreaterThan(1);
    expect(Math.abs(loss + logProbability / tokens)).toBeLessThan(1e-4);
    expect(executor.usage()).toEqual({ sessions: 1, states: 0 });
  });

  it('does not let one sample see another, nor padding', async () => {
    const alone: number[] = [];
    for (const sample of samples) alone.push(await trainingLoss([sample]));
    const counts = samples.map(({ sequence }) => sequence.labels.filter((label) => label !== -100).length);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const expected = alone.reduce((sum, loss, index) => sum + (loss * (counts[index] as number)) / total, 0);
    expect(Math.abs((await trainingLoss(samples)) - expected)).toBeLessThan(1e-4);
  });

  it('reads every modality of the prompt', async () => {
    const [full] = samples as [EmotionSample];
    const before = await trainingLoss([full]);
    for (const name of ['face', 'scene', 'sceneLevels', 'audio', 'audioLevels'] as const) {
      const changed = { ...full, features: { ...full.features, [name]: full.features[name]?.map((value) => -value) } };
      expect(Math.abs((await trainingLoss([changed as EmotionSample])) - before), name).toBeGreaterThan(1e-6);
    }
  });
});

describe('softTokenCounts', () => {
  it('counts the published budget', () => {
    expect(softTokenCounts(presets.paper)).toEqual({ frame: 32, face: 4, audio: 32, multi: 1 });
  });
});

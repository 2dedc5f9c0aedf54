import { initializeWeights, traceModule } from '@nano-emox/engine';
import { maxDifference, moduleGradients, ramp, readFixture } from '@nano-emox/engine/testing';
import { describe, expect, it } from 'vitest';
import { type AdapterConfig, adapterModule, resolveAdapterConfig } from './index';

const sizes = { inputDim: 24, lmDim: 40, tokens: 6, hidden: 32, heads: 4, mlpDim: 64, layers: 2, positions: 32 };

describe('gradients of the Q-Former adapter', () => {
  /** tooling/oracles/qformer.py: PyTorch's autograd through Hugging Face BLIP-2, float32; gradients reach about 30. */
  it('equal those of PyTorch', async () => {
    const { weights, gradients, tensor } = await readFixture(
      new URL('./__fixtures__/qformer.safetensors', import.meta.url),
    );
    const config = resolveAdapterConfig({ ...sizes, type: 'qformer', modality: 'frame' });
    const ours = await moduleGradients(adapterModule, config, 'tokens', {
      inputs: { features: tensor('input.video') },
      upstream: tensor('input.video_upstream'),
      weights: new Map([...weights].filter(([name]) => name.startsWith('video_'))),
    });
    expect(gradients.size).toBeGreaterThan(50);
    for (const [name, expected] of gradients) {
      const gradient = ours.get(name);
      expect(gradient, name).toBeDefined();
      const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      expect(maxDifference(gradient as typeof expected, expected) / largest, name).toBeLessThan(1e-4);
    }
  });
});

describe('every parameter of every type learns', () => {
  it.each<Partial<AdapterConfig>>([
    { ...sizes, type: 'qformer', modality: 'audio' },
    { type: 'mean', modality: 'frame', inputDim: 24, lmDim: 40, tokens: 6 },
    { type: 'attention', modality: 'audio', inputDim: 24, lmDim: 40, tokens: 6 },
    { type: 'mlp', modality: 'face', inputDim: 24, hidden: 32, lmDim: 40 },
    { type: 'linear', modality: 'multi', inputDim: 24, lmDim: 40 },
  ])('$type', async (partial) => {
    const config = resolveAdapterConfig(partial);
    const weights = initializeWeights(traceModule(adapterModule, config), 3);
    const time = 5;
    const tokens = 'tokens' in config ? config.tokens : time;
    const gradients = await moduleGradients(adapterModule, config, 'tokens', {
      inputs: { features: ramp(2, time, 24) },
      upstream: ramp(2, tokens, 40),
      weights,
    });
    expect([...gradients.keys()].sort()).toEqual([...weights.keys(), 'features'].sort());
    for (const [name, { data }] of gradients) {
      if (name.endsWith('key.bias')) continue; // adds the same to all scores of a row, which softmax removes
      expect(
        data.some((value) => value !== 0),
        name,
      ).toBe(true);
      expect(data.every(Number.isFinite), name).toBe(true);
    }
  });
});

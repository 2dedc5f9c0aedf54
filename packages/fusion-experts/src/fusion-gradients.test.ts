import { initializeWeights, traceModule } from '@nano-emox/engine';
import { moduleGradients, ramp } from '@nano-emox/engine/testing';
import { elementCount } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { type FusionConfig, type FusionOutputs, fusionModule, presets, resolveFusionConfig } from './index';

const widths = { audioDim: 20, sceneDim: 24, lmDim: 40, tokens: 2 };

describe('every parameter of every type learns', () => {
  it.each<Partial<FusionConfig>>([
    { type: 'multiscale', ...widths, hidden: 32 },
    { type: 'multiscale', ...widths, hidden: 32, sharedProjections: false, experts: 2 },
    { type: 'qformer', ...widths, commonDim: 24, hidden: 32, heads: 4, mlpDim: 64, positions: 20 },
    { type: 'attention', ...widths, commonDim: 24 },
    { type: 'densemoe', ...widths, commonDim: 24 },
    { type: 'densemoe', ...widths, commonDim: 24, routerNoise: true },
  ])('%j', async (partial) => {
    const config = resolveFusionConfig(partial);
    const weights = initializeWeights(traceModule(fusionModule, config), 3);
    const levels = config.type === 'multiscale' ? [config.experts] : [];
    const gradients = await moduleGradients(fusionModule, config, 'tokens' as FusionOutputs, {
      inputs: { audio: ramp(2, 5, ...levels, 20), scene: ramp(2, 7, ...levels, 24), routerNoise: ramp(2, 3) },
      upstream: ramp(2, 2, 40),
      weights,
    });
    for (const name of weights.keys()) {
      const { data } = gradients.get(name) as { data: Float32Array };
      expect(data.every(Number.isFinite), name).toBe(true);
      if (name.endsWith('key.bias')) continue; // adds the same to all scores of a row, which softmax removes
      expect(
        data.some((value) => value !== 0),
        name,
      ).toBe(true);
    }
  });
});

describe('the published size', () => {
  it('of the fusion encoder with its projection', () => {
    const { parameters } = traceModule(fusionModule, presets.paper);
    const counts = [...parameters.values()].map(({ shape }) => elementCount(shape as number[]));
    // Derived from the released configuration: encoder 6 568 963, projection 787 968.
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(6_568_963 + 787_968);
  });
});

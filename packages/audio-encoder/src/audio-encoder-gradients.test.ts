import { initializeWeights, traceModule } from '@nano-emox/engine';
import { moduleGradients, ramp } from '@nano-emox/engine/testing';
import { elementCount } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { AudioEncoder, audioEncoderModule, hubertConvolutions, presets, resolveAudioEncoderConfig } from './index';

const small = {
  convolutions: hubertConvolutions(8),
  hidden: 16,
  layers: 2,
  heads: 2,
  mlpDim: 32,
  positionKernel: 8,
  positionGroups: 2,
  levels: [0, 1],
  featureLevels: [1, 2],
} as const;

/** Fixed sizes, as a trainer gives them: the gradient of the positional convolution needs to know the number of steps. */
const axes = { batch: 2, clips: 2, samples: 2000 };

describe('every parameter learns', () => {
  it.each([
    ['norm before the blocks', {}],
    [
      'a spectrum and batch norms',
      {
        melSpectrum: { bands: 12, windowSamples: 128, strideSamples: 40 },
        convolutions: [{ filters: 8, kernel: 3, stride: 2 }],
        convolutionNorm: 'batch',
      },
    ],
    ['norm after the blocks', { stableLayerNorm: false, convolutionNorm: 'group', convolutionBias: true }],
  ] as const)('%s', async (_name, variant) => {
    const config = resolveAudioEncoderConfig({ ...small, ...variant });
    const weights = initializeWeights(traceModule(audioEncoderModule, config), 3);
    const gradients = await moduleGradients(
      audioEncoderModule,
      config,
      'features',
      { inputs: { samples: ramp(2, 2, 2000) }, upstream: ramp(2, 2, 16), weights },
      axes,
    );
    for (const name of weights.keys()) {
      const { data } = gradients.get(name) as { data: Float32Array };
      expect(data.every(Number.isFinite), name).toBe(true);
      if (name.endsWith('k_proj.bias')) continue; // adds the same to all scores of a row, which softmax removes
      // Group norm takes the mean of each filter away, and with it a bias before it.
      if (name.endsWith('layers.0.conv.bias') && config.convolutionNorm === 'group') continue;
      expect(
        data.some((value) => value !== 0),
        name,
      ).toBe(true);
    }
  });

  it('by the slope that finite differences show', async () => {
    const config = resolveAudioEncoderConfig(small);
    const weights = initializeWeights(traceModule(audioEncoderModule, config), 4);
    const probe = ['encoder.pos_conv_embed.conv.weight_v', 'feature_extractor.conv_layers.1.conv.weight'];
    const upstream = ramp(2, 2, 16);
    const samples = ramp(2, 2, 2000);
    const gradients = await moduleGradients(
      audioEncoderModule,
      config,
      'features',
      { inputs: { samples }, upstream, weights },
      axes,
    );
    const lossOf = async (changed: typeof weights) => {
      const encoder = await AudioEncoder.fromWeights(config, changed, { workers: 0 });
      const { features } = await encoder.encode(samples);
      await encoder.dispose();
      return features.data.reduce((sum, value, index) => sum + value * (upstream.data[index] as number), 0);
    };
    for (const name of probe) {
      const tensor = weights.get(name) as { dims: readonly number[]; data: Float32Array };
      const { data: gradient } = gradients.get(name) as { data: Float32Array };
      // Along its own gradient a loss changes by the step times the squared norm.
      const norm = Math.hypot(...gradient);
      const step = 1e-3;
      const moved = (sign: number) =>
        new Map(weights).set(name, {
          type: 'float32',
          dims: tensor.dims,
          data: tensor.data.map((value, index) => value + (sign * step * (gradient[index] as number)) / norm),
        });
      const slope = ((await lossOf(moved(1))) - (await lossOf(moved(-1)))) / (2 * step);
      expect(slope / norm, name).toBeGreaterThan(0.98);
      expect(slope / norm, name).toBeLessThan(1.02);
    }
  });
});

describe('the published size', () => {
  it('is what the deepest level needs of chinese-hubert-large', () => {
    const { parameters } = traceModule(audioEncoderModule, presets.paper);
    const counts = [...parameters.values()].map(({ shape }) => elementCount(shape as number[]));
    // Summed up by hand from the layers of transformers' HubertModel with this configuration, `masked_spec_embed` left out.
    const frontEnd = 512 * 10 + 4 * 512 * 512 * 3 + 2 * 512 * 512 * 2 + 7 * 2 * 512;
    const projection = 2 * 512 + 512 * 1024 + 1024;
    const positions = 128 + 1024 * 64 * 128 + 1024;
    const layer = 4 * (1024 * 1024 + 1024) + 2 * 1024 * 4096 + 4096 + 1024 + 4 * 1024;
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(
      frontEnd + projection + positions + 24 * layer + 2 * 1024,
    );
  });
});

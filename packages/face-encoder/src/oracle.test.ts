import { defineModule } from '@nano-emox/engine';
import { type ComponentDefinition, componentFromWeights } from '@nano-emox/engine/runtime';
import { f32, type HostTensor, type TensorSpec } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { fixturePath, goldenPath, maxDifference, readOracle } from './__fixtures__/oracle';
import { type FaceEncoderConfig, resolveConfig } from './config';
import { FaceEncoder } from './face-encoder';
import { faceFeaturesModule, faceTokensModule } from './face-encoder-module';
import { multiScaleHead } from './multi-scale-head';
import { swinStages } from './swin/backbone';
import { frameSize, stageMaps } from './swin/map-size';

/** Largest absolute difference to the published modules. */
const TOLERANCE = 1e-4;
const local = { workers: 0, threads: 1 } as const;
const tensor = (tensors: ReadonlyMap<string, HostTensor>, name: string) => tensors.get(name) as HostTensor;

const featuresDefinition: ComponentDefinition<FaceEncoderConfig, 'frames', 'features'> = {
  type: 'face-features',
  module: faceFeaturesModule,
  resolveConfig,
};

const tokensDefinition: ComponentDefinition<FaceEncoderConfig, 'features', 'tokens'> = {
  type: 'face-tokens',
  module: faceTokensModule,
  resolveConfig,
};

/** The backbone alone, to look at the map behind each stage. */
const stagesDefinition: ComponentDefinition<FaceEncoderConfig, 'frames', string> = {
  type: 'swin-stages',
  resolveConfig,
  module: defineModule({
    name: 'SwinStages',
    inputs: (config: FaceEncoderConfig) => ({ frames: f32('batch', 3, ...frameSize(config)) }),
    outputs: (config: FaceEncoderConfig): Record<string, TensorSpec> =>
      Object.fromEntries(
        stageMaps(config).map((map, stage) => [`stages.${stage}`, f32('batch', ...map, config.embedDim * 2 ** stage)]),
      ),
    forward: ({ frames }, weights, config) => {
      const stages = swinStages(frames, weights.scope('facexformer.backbone.0'), config);
      return Object.fromEntries(stages.map((map, stage) => [`stages.${stage}`, map]));
    },
    ignores: (name, config) =>
      !name.startsWith('facexformer.backbone.0.') || faceFeaturesModule.ignores?.(name, config) === true,
  }),
};

const sizes = { embedDim: 4, depths: [2, 2, 2, 2], heads: [1, 2, 4, 8], headWidth: 12 } as const;
const cases = { square: [112, 112], oblong: [88, 136], frame: [224, 224] } as const;

const { weights, inputs, outputs } = await (async () => {
  const [swin, frame] = await Promise.all([readOracle(fixturePath('swin')), readOracle(fixturePath('swin-frame'))]);
  return {
    weights: swin.weights,
    inputs: new Map([...swin.inputs, ...frame.inputs]),
    outputs: new Map([...swin.outputs, ...frame.outputs]),
  };
})();

/** The oracle's images as one clip of one frame. */
function clipOf(name: string): HostTensor {
  const { dims, ...image } = tensor(inputs, name);
  return { ...image, dims: [1, ...dims] };
}

async function features(name: keyof typeof cases, pooling: FaceEncoderConfig['pooling']): Promise<HostTensor> {
  const config = { ...sizes, temporalHeads: 4, imageSize: cases[name], pooling };
  const component = await componentFromWeights(featuresDefinition, config, weights, local);
  const result = await component.run({ frames: clipOf(name) });
  await component.dispose();
  const { data, dims } = result.features as HostTensor;
  return { type: 'float32', data: data as Float32Array, dims: dims.slice(1) };
}

describe('torchvision SwinTransformer and the multi-scale head (tooling/oracles/swin.py)', () => {
  it.each(['square', 'oblong'] as const)('%s: the map behind every stage', async (name) => {
    const component = await componentFromWeights(
      stagesDefinition,
      { ...sizes, imageSize: cases[name] },
      weights,
      local,
    );
    const { type: _, ...frame } = tensor(inputs, name);
    const frames = { type: 'float32', dims: frame.dims, data: Float32Array.from(frame.data as Uint8Array) } as const;
    const result = await component.run({ frames });
    await component.dispose();
    for (const stage of [0, 1, 2, 3]) {
      const actual = result[`stages.${stage}`] as HostTensor;
      expect(maxDifference(actual, tensor(outputs, `${name}.stages.${stage}`)), `stage ${stage}`).toBeLessThan(
        TOLERANCE,
      );
    }
  });

  it.each(['square', 'oblong', 'frame'] as const)('%s: upsampled head', async (name) => {
    expect(maxDifference(await features(name, 'upsample'), tensor(outputs, `${name}.features`))).toBeLessThan(
      TOLERANCE,
    );
  });

  it.each(['square', 'oblong', 'frame'] as const)('%s: pooled shortcut', async (name) => {
    expect(maxDifference(await features(name, 'shortcut'), tensor(outputs, `${name}.shortcut`))).toBeLessThan(
      TOLERANCE,
    );
  });

  it.each(['square', 'frame'] as const)('%s: the shortcut equals the published head', async (name) => {
    expect(maxDifference(await features(name, 'shortcut'), tensor(outputs, `${name}.features`))).toBeLessThan(
      TOLERANCE,
    );
  });

  it('oblong: where the shortcut is not exact, the published head is the default', async () => {
    expect(resolveConfig({ imageSize: cases.oblong }).pooling).toBe('upsample');
    expect(maxDifference(await features('oblong', 'shortcut'), tensor(outputs, 'oblong.features'))).toBeGreaterThan(
      TOLERANCE,
    );
    for (const imageSize of [224, 112]) expect(resolveConfig({ imageSize }).pooling).toBe('shortcut');
  });
});

describe('temporal queries against torch.nn.MultiheadAttention (tooling/oracles/swin.py)', () => {
  it('tokens', async () => {
    const oracle = await readOracle(fixturePath('temporal-queries'));
    const config = { headWidth: 16, queries: 3, temporalHeads: 4, projectionDim: 24, lmDim: 20 };
    const component = await componentFromWeights(tokensDefinition, config, oracle.weights, local);
    const result = await component.run({ features: tensor(oracle.inputs, 'features') });
    await component.dispose();
    expect(maxDifference(result.tokens as HostTensor, tensor(oracle.outputs, 'tokens'))).toBeLessThan(TOLERANCE);
  });
});

/**
 * The golden run of the published module was made in training mode: stochastic depth (torchvision's 0.5 · block / last block) was
 * active. Which branches it kept follows from the file alone: the head is linear and wide enough to be solved for the mean of every
 * stage, and per stage one pattern of kept branches reproduces that mean to 5e-6, all others miss it by more than 1e-3. One row per frame,
 * attention and perceptron of blocks 0 … 7; block 0 is never dropped. The golden tokens come from a further pass with another draw, and with
 * dropout, so no inference can give them; the temporal queries are compared with the oracle above instead.
 */
const KEPT_BRANCHES = [
  [1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 1, 1],
  [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1],
  [1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 1, 0, 0, 1, 0, 1],
];
const survival = (block: number) => 1 - (0.5 * block) / 7;

/** The frozen half with the factor of every residual branch as an input. */
const goldenDefinition: ComponentDefinition<FaceEncoderConfig, 'frames' | 'branchScales', 'features'> = {
  type: 'face-features-with-stochastic-depth',
  resolveConfig,
  module: defineModule({
    name: 'StochasticDepthFeatures',
    inputs: (config: FaceEncoderConfig) => ({
      frames: f32('images', 3, ...frameSize(config)),
      branchScales: f32('images', 16),
    }),
    outputs: () => ({ features: f32('images', 'headWidth') }),
    forward: ({ frames, branchScales }, weights, config) => {
      const scope = weights.scope('facexformer');
      const stages = swinStages(frames, scope.scope('backbone', 0), config, branchScales);
      return { features: multiScaleHead(stages, scope, config) };
    },
    ignores: (name, config) => faceFeaturesModule.ignores?.(name, config) === true,
  }),
};

describe.skipIf(!goldenPath)('golden run of the published facial encoder (skipped where shared data is absent)', () => {
  const config = { embedDim: 16, depths: [2, 2, 2, 2], heads: [1, 2, 4, 8], lmDim: 32 };

  it.each(['shortcut', 'upsample'] as const)('features, %s', async (pooling) => {
    const golden = await readOracle(goldenPath as string);
    const frames = tensor(golden.inputs, 'frames');
    const branchScales = KEPT_BRANCHES.flatMap((row) => row.map((kept, k) => kept / survival(Math.floor(k / 2))));
    const component = await componentFromWeights(goldenDefinition, { ...config, pooling }, golden.weights, local);
    const { features } = await component.run({
      frames: { type: 'float32', dims: frames.dims.slice(1), data: Float32Array.from(frames.data as Uint8Array) },
      branchScales: { type: 'float32', dims: [3, 16], data: Float32Array.from(branchScales) },
    });
    await component.dispose();
    const expected = tensor(golden.outputs, 'features');
    const difference = maxDifference({ ...(features as HostTensor), dims: expected.dims }, expected);
    expect(difference).toBeLessThan(TOLERANCE);
  });

  it('the whole checkpoint loads, unused tensors included', async () => {
    const golden = await readOracle(goldenPath as string);
    const encoder = await FaceEncoder.fromWeights(config, golden.weights, local);
    const { features, tokens } = await encoder.encode(tensor(golden.inputs, 'frames'));
    await encoder.dispose();
    expect(features.dims).toEqual(tensor(golden.outputs, 'features').dims);
    expect(tokens.dims).toEqual(tensor(golden.outputs, 'tokens').dims);
  });
});

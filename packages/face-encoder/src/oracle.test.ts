import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineModule, unsqueeze } from '@nano-emox/engine';
import { type ComponentDefinition, componentFromWeights } from '@nano-emox/engine/runtime';
import { assertAllclose, maxDifference, readFixture } from '@nano-emox/engine/testing';
import { type DataType, f32, floatTensor, type HostTensor, type TensorSpec } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import goldenBranches from './__fixtures__/golden-branches.json';
import { type FaceEncoderConfig, resolveConfig } from './config';
import { FaceEncoder } from './face-encoder';
import { faceEncoderModule, faceFeaturesModule, faceTokensModule } from './face-encoder-module';
import { multiScaleHead } from './multi-scale-head';
import { swinStages } from './swin/backbone';
import { frameSize, stageMaps } from './swin/map-size';

/** Largest absolute difference to the published modules. */
const TOLERANCE = 1e-4;
const local = { workers: 0, threads: 1 } as const;
const fixture = (name: string) => readFixture(new URL(`./__fixtures__/${name}.safetensors`, import.meta.url));
/** Shared test data, beside the repository or where NANO_EMOX_DATA says. */
const sharedData = process.env.NANO_EMOX_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const goldenPath = join(sharedData, 'golden', 'facial-encoder.safetensors');

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

const [swin, swinFrame] = await Promise.all([fixture('swin'), fixture('swin-frame')]);
const { weights } = swin;
/** A tensor of the case `frame` from the file of its own, of the others from the main one. */
const caseTensor = <Type extends DataType = 'float32'>(name: string, type?: Type): HostTensor<Type> =>
  (name.includes('.frame') ? swinFrame : swin).tensor(name, type);

/** The oracle's images as one clip of one frame. */
function clipOf(name: string): HostTensor {
  const image = caseTensor(`input.${name}`, 'uint8');
  return { ...image, dims: [1, ...image.dims] };
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
    const { dims, data } = caseTensor(`input.${name}`, 'uint8');
    const frames = floatTensor(Float32Array.from(data), dims);
    const result = await component.run({ frames });
    await component.dispose();
    for (const stage of [0, 1, 2, 3]) {
      const actual = result[`stages.${stage}`] as HostTensor;
      assertAllclose(actual, caseTensor(`output.${name}.stages.${stage}`), TOLERANCE, `stage ${stage}`);
    }
  });

  it.each(['square', 'oblong', 'frame'] as const)('%s: upsampled head', async (name) => {
    assertAllclose(await features(name, 'upsample'), caseTensor(`output.${name}.features`), TOLERANCE);
  });

  it.each(['square', 'oblong', 'frame'] as const)('%s: pooled shortcut', async (name) => {
    assertAllclose(await features(name, 'shortcut'), caseTensor(`output.${name}.shortcut`), TOLERANCE);
  });

  it.each(['square', 'frame'] as const)('%s: the shortcut equals the published head', async (name) => {
    assertAllclose(await features(name, 'shortcut'), caseTensor(`output.${name}.features`), TOLERANCE);
  });

  it('oblong: where the shortcut is not exact, the published head is the default', async () => {
    expect(resolveConfig({ imageSize: cases.oblong }).pooling).toBe('upsample');
    expect(maxDifference(await features('oblong', 'shortcut'), caseTensor('output.oblong.features'))).toBeGreaterThan(
      TOLERANCE,
    );
    for (const imageSize of [224, 112]) expect(resolveConfig({ imageSize }).pooling).toBe('shortcut');
  });
});

describe('temporal queries against torch.nn.MultiheadAttention (tooling/oracles/swin.py)', () => {
  it('tokens', async () => {
    const oracle = await fixture('temporal-queries');
    const config = { headWidth: 16, queries: 3, temporalHeads: 4, projectionDim: 24, lmDim: 20 };
    const component = await componentFromWeights(tokensDefinition, config, oracle.weights, local);
    const result = await component.run({ features: oracle.tensor('input.features') });
    await component.dispose();
    assertAllclose(result.tokens as HostTensor, oracle.tensor('output.tokens'), TOLERANCE);
  });
});

/**
 * The golden run of the published module had stochastic depth active (torchvision's 0.5 · block / last block). It was replayed from its
 * seed by tooling/oracles/face-golden.py, which recorded the branches that each of its two passes kept: one row per frame, attention
 * and perceptron of blocks 0 … 7. Nothing else was random in it: the projection did leave training mode.
 */
const survival = (block: number) => 1 - (0.5 * block) / 7;
const branchScales = (kept: readonly (readonly number[])[]): HostTensor => ({
  type: 'float32',
  dims: [3, 16],
  data: Float32Array.from(kept.flatMap((row) => row.map((one, branch) => one / survival(Math.floor(branch / 2))))),
});

/** The published encoder with the factor of every residual branch of every frame as an input. */
const goldenDefinition: ComponentDefinition<FaceEncoderConfig, 'frames' | 'branchScales', 'features' | 'tokens'> = {
  type: 'face-encoder-with-stochastic-depth',
  resolveConfig,
  module: defineModule({
    name: 'StochasticDepthFaceEncoder',
    inputs: (config: FaceEncoderConfig) => ({
      frames: f32('images', 3, ...frameSize(config)),
      branchScales: f32('images', 16),
    }),
    outputs: () => ({ features: f32(1, 'images', 'headWidth'), tokens: f32(1, 'queries', 'lmDim') }),
    forward: ({ frames, branchScales }, weights, config) => {
      const scope = weights.scope('facexformer');
      const stages = swinStages(frames, scope.scope('backbone', 0), config, branchScales);
      const features = unsqueeze(multiScaleHead(stages, scope, config), 0); // [1, images, headWidth]
      return { features, ...faceTokensModule.forward({ features }, weights, config) };
    },
    ignores: (name, config) => faceEncoderModule.ignores?.(name, config) === true,
  }),
};

describe.skipIf(!existsSync(goldenPath))(
  'golden run of the published facial encoder (skipped where shared data is absent)',
  () => {
    const config = { embedDim: 16, depths: [2, 2, 2, 2], heads: [1, 2, 4, 8], lmDim: 32 };

    it.each(['shortcut', 'upsample'] as const)('features and tokens, %s', async (pooling) => {
      const golden = await readFixture(goldenPath);
      const { dims, data } = golden.tensor('input.frames', 'uint8');
      const frames = floatTensor(Float32Array.from(data), dims.slice(1)); // [3, 3, 224, 224]
      const component = await componentFromWeights(goldenDefinition, { ...config, pooling }, golden.weights, local);
      const featuresPass = await component.run({ frames, branchScales: branchScales(goldenBranches.features) });
      const tokensPass = await component.run({ frames, branchScales: branchScales(goldenBranches.tokens) });
      await component.dispose();
      const [features, tokens] = [featuresPass.features as HostTensor, tokensPass.tokens as HostTensor];
      assertAllclose(features, golden.tensor('output.features'), TOLERANCE);
      assertAllclose(tokens, golden.tensor('output.tokens'), TOLERANCE);
    });

    it('the whole checkpoint loads, unused tensors included', async () => {
      const golden = await readFixture(goldenPath);
      const encoder = await FaceEncoder.fromWeights(config, golden.weights, local);
      const { features, tokens } = await encoder.encode(golden.tensor('input.frames', 'uint8'));
      await encoder.dispose();
      expect(features.dims).toEqual(golden.tensor('output.features').dims);
      expect(tokens.dims).toEqual(golden.tensor('output.tokens').dims);
    });
  },
);

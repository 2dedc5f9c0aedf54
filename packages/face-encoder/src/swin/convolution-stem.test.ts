import { defineModule, Random, traceModule } from '@nano-emox/engine';
import { componentFromWeights, floatResult, openExecutor } from '@nano-emox/engine/runtime';
import { assertAllclose, directionalGradient, readFixture } from '@nano-emox/engine/testing';
import { withBatchStatistics } from '@nano-emox/engine/training';
import { type FloatTensor, f32 } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { faceEncoderModule, resolveConfig } from '../index';
import { convolutionStem } from './convolution-stem';

const fixture = await readFixture(new URL('../__fixtures__/convolution-stem.safetensors', import.meta.url));
const sizes = { depths: [1, 2, 0], embedDim: 8 };
const stem = defineModule({
  name: 'ConvolutionStem',
  inputs: () => ({ images: f32('batch', 3, 16, 24) }),
  outputs: () => ({ map: f32('batch', 8, 2, 3) }),
  forward: ({ images }, weights, { depths, embedDim }: typeof sizes) => ({
    map: convolutionStem(images, weights, depths, embedDim),
  }),
});
const images = fixture.tensor('input.images');

describe('convolutionStem', () => {
  it('equals PyTorch with measured statistics', async () => {
    const definition = { type: 'convolution-stem', module: stem, resolveConfig: () => sizes };
    const component = await componentFromWeights(definition, sizes, fixture.weights, { workers: 0, threads: 1 });
    assertAllclose(floatResult(await component.run({ images }), 'map'), fixture.tensor('output.map'), 1e-5);
    await component.dispose();
  });

  it('equals PyTorch in training, on the statistics of the batch', async () => {
    const { graph, statistics } = withBatchStatistics(traceModule(stem, sizes));
    expect(statistics.size).toBe(12); // six norms, two each
    const executor = await openExecutor({ device: 'cpu', workers: 0, threads: 1 });
    try {
      const session = await executor.load({ graph, weights: fixture.weights }, { name: 'stem' });
      assertAllclose((await session.run({ images })).map as FloatTensor, fixture.tensor('output.trained'), 1e-5);
      await session.dispose();
    } finally {
      await executor.dispose();
    }
  });
});

describe('a face encoder behind convolutions', () => {
  const config = {
    imageSize: 32,
    stemDepths: [1, 0],
    patchSize: 4,
    embedDim: 8,
    depths: [1, 1],
    heads: [2, 4],
    windowSize: 4,
    headWidth: 16,
    projectionDim: 24,
    lmDim: 20,
  } as const;

  it('gives every weight its gradient in training form', async () => {
    const random = new Random(1);
    const frames = {
      type: 'uint8',
      dims: [2, 2, 3, 32, 32],
      data: new Uint8Array(12_288).map(() => random.uniform() * 256),
    } as const;
    const { graph } = withBatchStatistics(traceModule(faceEncoderModule, resolveConfig(config)));
    const { slope, measuredSlope, norms } = await directionalGradient(graph, { frames });
    expect(Math.abs(slope - measuredSlope)).toBeLessThan(0.02 * Math.abs(slope));
    expect([...norms].filter(([, norm]) => !(norm > 0))).toEqual([]);
  });

  it('refuses sizes that cannot be halved, naming the field', () => {
    for (const [field, change] of [
      ['patchSize', { patchSize: 6 }],
      ['embedDim', { embedDim: 9, heads: [3, 6] }],
      ['imageSize', { imageSize: 30 }],
      ['stemDepths', { stemDepths: [1, -1] }],
      ['patchSize', { stemDepths: [1] }],
    ] as const)
      expect(() => resolveConfig({ ...config, ...change })).toThrow(expect.objectContaining({ field }));
  });
});

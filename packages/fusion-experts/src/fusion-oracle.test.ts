import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertAllclose, readFixture } from '@nano-emox/engine/testing';
import { type FloatTensor, floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { type FusionConfig, FusionExperts } from './index';

const TOLERANCE = 1e-4;

async function fuse(
  config: Partial<FusionConfig>,
  weights: ReadonlyMap<string, HostTensor>,
  audio: FloatTensor,
  scene: FloatTensor,
) {
  const fusion = await FusionExperts.fromWeights(config, weights, { workers: 0 });
  const result = await fusion.fuse({ audio, scene });
  await fusion.dispose();
  return result;
}

/** Mean over the middle axis of `[batch, time, dim]`. */
function timeMean({ dims, data }: FloatTensor): FloatTensor {
  const [batch, time, dim] = dims as [number, number, number];
  const means = new Float32Array(batch * dim);
  data.forEach((value, index) => {
    const target = Math.floor(index / (time * dim)) * dim + (index % dim);
    means[target] = (means[target] as number) + value / time;
  });
  return floatTensor(means, [batch, dim]);
}

/** Splits the concatenated levels of `[batch, time, levels · dim]`. */
const levels = ({ dims: [batch, time, width], data }: FloatTensor): FloatTensor =>
  floatTensor(data, [batch as number, time as number, 3, (width as number) / 3]);

/** tooling/oracles/fusion.py: PyTorch and Hugging Face BLIP-2, float32. */
describe('alternatives against PyTorch', () => {
  const widths = { audioDim: 20, sceneDim: 24, lmDim: 40, tokens: 3, commonDim: 24 };

  it('qformer', async () => {
    const { weights, tensor } = await readFixture(
      new URL('./__fixtures__/fusion-qformer.safetensors', import.meta.url),
    );
    const config = { type: 'qformer', ...widths, hidden: 32, heads: 4, mlpDim: 64 } as const;
    const { embeddings, gate } = await fuse(config, weights, tensor('input.audio'), tensor('input.scene'));
    assertAllclose(embeddings, tensor('output.tokens'), TOLERANCE);
    expect(gate).toBeUndefined();
  });

  it('attention', async () => {
    const { weights, tensor } = await readFixture(
      new URL('./__fixtures__/fusion-attention.safetensors', import.meta.url),
    );
    const result = await fuse({ type: 'attention', ...widths }, weights, tensor('input.audio'), tensor('input.scene'));
    assertAllclose(result.embeddings, tensor('output.tokens'), TOLERANCE);
    assertAllclose(result.features as FloatTensor, tensor('output.fused'), TOLERANCE);
    expect(result.gate).toBeUndefined();
  });
});

/** Shared test data, beside the repository or where NANO_EMOX_DATA says. */
const sharedData = process.env.NANO_EMOX_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const goldenFolder = join(sharedData, 'golden');
const hasGolden = existsSync(goldenFolder);
const title = `published modules (${hasGolden ? 'shared data found' : 'skipped: no shared data folder beside the repository'})`;

/** Outputs of the official modules on random weights; made with torch 1.13. */
describe.skipIf(!hasGolden)(title, () => {
  it('multiscale', async () => {
    const { weights, tensor } = await readFixture(join(goldenFolder, 'fusion-multiscale.safetensors'));
    const config = { type: 'multiscale', audioDim: 32, sceneDim: 48, hidden: 64, lmDim: 24 } as const;
    const result = await fuse(config, weights, levels(tensor('input.audio')), levels(tensor('input.scene')));
    assertAllclose(result.gate as FloatTensor, tensor('output.gate'), TOLERANCE);
    assertAllclose(result.features as FloatTensor, timeMean(tensor('output.fused')), TOLERANCE);
    assertAllclose(result.embeddings, tensor('output.tokens'), TOLERANCE);
  });

  it.each([false, true])('dense mixture, router noise input %s', async (routerNoise) => {
    const { weights, tensor } = await readFixture(join(goldenFolder, 'fusion-dense.safetensors'));
    const config = { type: 'densemoe', audioDim: 32, sceneDim: 32, commonDim: 32, lmDim: 24, routerNoise } as const;
    const result = await fuse(config, weights, tensor('input.audio'), tensor('input.scene'));
    assertAllclose(result.gate as FloatTensor, tensor('output.expertWeights'), TOLERANCE);
    assertAllclose(result.embeddings, tensor('output.tokens'), TOLERANCE);
  });
});

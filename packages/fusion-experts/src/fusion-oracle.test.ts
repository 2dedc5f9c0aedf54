import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type FloatTensor, floatTensor } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { fixturePath, maxDifference, readOracle, sharedDataFolder } from './__fixtures__/oracle';
import { type FusionConfig, FusionExperts } from './index';

const TOLERANCE = 1e-4;

async function fuse(
  config: Partial<FusionConfig>,
  weights: ReadonlyMap<string, FloatTensor>,
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
    const { weights, one } = await readOracle(fixturePath('fusion-qformer'));
    const config = { type: 'qformer', ...widths, hidden: 32, heads: 4, mlpDim: 64 } as const;
    const { embeddings, gate } = await fuse(config, weights, one('input.audio'), one('input.scene'));
    expect(maxDifference(embeddings, one('output.tokens'))).toBeLessThan(TOLERANCE);
    expect(gate).toBeUndefined();
  });

  it('attention', async () => {
    const { weights, one } = await readOracle(fixturePath('fusion-attention'));
    const result = await fuse({ type: 'attention', ...widths }, weights, one('input.audio'), one('input.scene'));
    expect(maxDifference(result.embeddings, one('output.tokens'))).toBeLessThan(TOLERANCE);
    expect(maxDifference(result.features as FloatTensor, one('output.fused'))).toBeLessThan(TOLERANCE);
    expect(result.gate).toBeUndefined();
  });
});

const goldenFolder = join(sharedDataFolder() ?? '', 'golden');
const hasGolden = existsSync(goldenFolder);
const title = `published modules (${hasGolden ? 'shared data found' : 'skipped: no shared data folder beside the repository'})`;

/** Outputs of the official modules on random weights; made with torch 1.13. */
describe.skipIf(!hasGolden)(title, () => {
  it('multiscale', async () => {
    const { weights, one } = await readOracle(join(goldenFolder, 'fusion-multiscale.safetensors'));
    const config = { type: 'multiscale', audioDim: 32, sceneDim: 48, hidden: 64, lmDim: 24 } as const;
    const result = await fuse(config, weights, levels(one('input.audio')), levels(one('input.scene')));
    expect(maxDifference(result.gate as FloatTensor, one('output.gate'))).toBeLessThan(TOLERANCE);
    expect(maxDifference(result.features as FloatTensor, timeMean(one('output.fused')))).toBeLessThan(TOLERANCE);
    expect(maxDifference(result.embeddings, one('output.tokens'))).toBeLessThan(TOLERANCE);
  });

  it.each([false, true])('dense mixture, router noise input %s', async (routerNoise) => {
    const { weights, one } = await readOracle(join(goldenFolder, 'fusion-dense.safetensors'));
    const config = { type: 'densemoe', audioDim: 32, sceneDim: 32, commonDim: 32, lmDim: 24, routerNoise } as const;
    const result = await fuse(config, weights, one('input.audio'), one('input.scene'));
    expect(maxDifference(result.gate as FloatTensor, one('output.expertWeights'))).toBeLessThan(TOLERANCE);
    expect(maxDifference(result.embeddings, one('output.tokens'))).toBeLessThan(TOLERANCE);
  });
});

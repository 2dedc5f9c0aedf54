import { assertAllclose, readFixture } from '@nano-emox/engine/testing';
import type { FloatTensor, HostTensor } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { Adapter, type AdapterConfig } from './index';

/** tooling/oracles/qformer.py: PyTorch and Hugging Face BLIP-2, float32. */
const TOLERANCE = 1e-4;
const local = { workers: 0 } as const;

async function expectTokens(
  config: Partial<AdapterConfig>,
  weights: ReadonlyMap<string, HostTensor>,
  features: FloatTensor,
  expected: FloatTensor,
): Promise<void> {
  const adapter = await Adapter.fromWeights(config, weights, local);
  const { embeddings, modality } = await adapter.adapt(features);
  await adapter.dispose();
  expect(modality).toBe(config.modality);
  assertAllclose(embeddings, expected, TOLERANCE);
}

const sizes = { inputDim: 24, lmDim: 40, tokens: 6, hidden: 32, heads: 4, mlpDim: 64, layers: 2 };

describe('Q-Former adapter against Hugging Face BLIP-2', async () => {
  const { weights, tensor } = await readFixture(new URL('./__fixtures__/qformer.safetensors', import.meta.url));
  const branch = (prefix: string) => new Map([...weights].filter(([name]) => name.startsWith(prefix)));

  it('frames', async () => {
    const config = { ...sizes, type: 'qformer', modality: 'frame', positions: 32 } as const;
    await expectTokens(config, branch('video_'), tensor('input.video'), tensor('output.video_tokens'));
  });

  it('fewer frames than usual', async () => {
    const config = { ...sizes, type: 'qformer', modality: 'frame', positions: 32 } as const;
    const video = tensor('input.video');
    const kept = new Float32Array(2 * 5 * 24);
    for (const row of [0, 1]) kept.set(video.data.subarray(row * 8 * 24, row * 8 * 24 + 5 * 24), row * 5 * 24);
    const features = { type: 'float32', dims: [2, 5, 24], data: kept } as const;
    await expectTokens(config, branch('video_'), features, tensor('output.video_short_tokens'));
  });

  it('audio clips', async () => {
    const config = { ...sizes, type: 'qformer', modality: 'audio', positions: 8 } as const;
    await expectTokens(config, branch('audio_'), tensor('input.audio'), tensor('output.audio_tokens'));
  });

  it('skips the position buffer that published checkpoints keep', async () => {
    const config = { ...sizes, type: 'qformer', modality: 'audio', positions: 8 } as const;
    const buffer = { type: 'float32', dims: [1, 512], data: new Float32Array(512) } as const;
    const published = new Map([...branch('audio_'), ['audio_Qformer.bert.embeddings.position_ids', buffer]] as const);
    await expectTokens(config, published, tensor('input.audio'), tensor('output.audio_tokens'));
  });
});

describe('simple adapters against PyTorch', async () => {
  const { weights, tensor } = await readFixture(new URL('./__fixtures__/simple-adapters.safetensors', import.meta.url));
  const named = (...prefixes: string[]) =>
    new Map([...weights].filter(([name]) => prefixes.some((prefix) => name.startsWith(`${prefix}.`))));
  const widths = { inputDim: 24, lmDim: 40 };

  it.each<[Partial<AdapterConfig>, string[], string]>([
    [{ type: 'mean', modality: 'frame', ...widths, tokens: 6 }, ['video_proj'], 'mean_tokens'],
    [
      { type: 'attention', modality: 'frame', ...widths, tokens: 6 },
      ['video_proj', 'video_attention_mlp'],
      'attention_tokens',
    ],
    [{ type: 'linear', modality: 'frame', ...widths }, ['image_llama_proj'], 'linear_tokens'],
    [{ type: 'mlp', modality: 'face', ...widths, hidden: 48 }, ['face_proj'], 'mlp_tokens'],
  ])('%j', async (config, prefixes, output) => {
    await expectTokens(config, named(...prefixes), tensor('input.features'), tensor(`output.${output}`));
  });
});

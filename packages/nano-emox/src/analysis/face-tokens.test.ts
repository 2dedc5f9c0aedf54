import type { Executor } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { FaceEncoder, presets } from '@nano-emox/face-encoder';
import { floatTensor } from '@nano-emox/tensor-contract';
import { expect, it } from 'vitest';
import { FaceTokens } from './face-tokens';

const config = { ...presets.tiny, imageSize: 16, embedDim: 8, stemDepths: [0, 0, 0, 0], heads: [1] };
const features = floatTensor(new Float32Array(2 * 128).fill(0.5), [1, 2, 128]);

it('tries again what failed to compile, and can be disposed after that', async () => {
  const executor = await openExecutor({ device: 'cpu', workers: 0, threads: 1 });
  const encoder = await FaceEncoder.create(config, { seed: 1, executor });
  let failures = 1;
  const reluctant = Object.create(executor, {
    load: {
      value: (...args: Parameters<Executor['load']>) =>
        failures-- > 0 ? Promise.reject(new Error('no memory')) : executor.load(...args),
    },
  }) as Executor;
  try {
    const tokens = new FaceTokens(encoder, reluctant);
    await expect(tokens.of(features, {})).rejects.toThrow('no memory');
    expect((await tokens.of(features, {})).dims).toEqual([1, config.queries, config.lmDim]);
    await tokens.dispose();

    failures = 1;
    const failed = new FaceTokens(encoder, reluctant);
    const asked = failed.of(features, {});
    await failed.dispose();
    await expect(asked).rejects.toThrow('no memory');
  } finally {
    await encoder.dispose();
    await executor.dispose();
  }
});

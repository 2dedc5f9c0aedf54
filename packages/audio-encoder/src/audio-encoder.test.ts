import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { traceModule } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { assertAllclose, maxDifference, ramp, rows } from '@nano-emox/engine/testing';
import { type FloatTensor, floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import {
  AudioEncoder,
  type AudioEncoderConfig,
  audioEncoderModule,
  fewestSamples,
  hubertConvolutions,
  presets,
  resolveAudioEncoderConfig,
  stepsOf,
} from './index';

const executor = await openExecutor({ workers: 0 });
const folder = await mkdtemp(join(tmpdir(), 'audio-encoder-'));
afterAll(async () => {
  await executor.dispose();
  await rm(folder, { recursive: true });
});

const small = {
  convolutions: hubertConvolutions(8),
  hidden: 16,
  layers: 6,
  heads: 2,
  mlpDim: 32,
  positionKernel: 7,
  positionGroups: 2,
  levels: [1, 3],
  featureLevels: [2, 3],
} as const;
const create = (changes: Partial<AudioEncoderConfig> = {}) =>
  AudioEncoder.create({ ...small, ...changes }, { executor, seed: 1 });

describe('encoding', () => {
  it('gives features and levels per clip, for clips of any length', async () => {
    const encoder = await create();
    for (const length of [400, 1999, 3200]) {
      const { features, levels } = await encoder.encode(ramp(2, 3, length));
      expect(features.dims).toEqual([2, 3, 16]);
      expect(levels.dims).toEqual([2, 3, 2, 16]);
      expect(levels.data.every(Number.isFinite)).toBe(true);
    }
    await encoder.dispose();
  });

  it('gives finite values for silence', async () => {
    const encoder = await create();
    const { features } = await encoder.encode(floatTensor(new Float32Array(1600), [1, 2, 800]));
    expect(features.data.every(Number.isFinite)).toBe(true);
    await encoder.dispose();
  });

  it('treats a row of a batch as it treats the row alone', async () => {
    const encoder = await create();
    const samples = ramp(3, 2, 1600);
    const { features, levels } = await encoder.encode(samples);
    for (const row of [0, 1, 2]) {
      const alone = await encoder.encode(rows(samples, row, row + 1));
      assertAllclose(alone.features, rows(features, row, row + 1), 1e-5);
      assertAllclose(alone.levels, rows(levels, row, row + 1), 1e-5);
    }
    await encoder.dispose();
  });

  it('does not hear how loud the clips are, nor a constant offset', async () => {
    const encoder = await create();
    const samples = ramp(1, 2, 1600);
    const louder = floatTensor(
      samples.data.map((value) => 0.25 * value + 0.1),
      samples.dims,
    );
    const [plain, changed] = [await encoder.encode(samples), await encoder.encode(louder)];
    assertAllclose(changed.features, plain.features, 1e-4);
    await encoder.dispose();
  });

  it('hears the loudness of one clip against the others only when they are normalised jointly', async () => {
    const samples = ramp(1, 2, 1600);
    const uneven = floatTensor(
      samples.data.map((value, index) => (index < 1600 ? value : 0.1 * value)),
      samples.dims,
    );
    for (const [normalization, differs] of [
      ['joint-clips', true],
      ['per-clip', false],
    ] as const) {
      const encoder = await create({ normalization });
      const [plain, changed] = [await encoder.encode(samples), await encoder.encode(uneven)];
      expect(maxDifference(changed.features, plain.features) > 1e-3).toBe(differs);
      await encoder.dispose();
    }
  });

  it('computes and asks for no layer above the deepest level', async () => {
    const names = [...traceModule(audioEncoderModule, resolveAudioEncoderConfig(small)).parameters.keys()];
    expect(names.some((name) => name.startsWith('encoder.layers.2.'))).toBe(true);
    expect(names.some((name) => name.startsWith('encoder.layers.3.'))).toBe(false);
    expect(names).not.toContain('encoder.layer_norm.weight');
  });
});

describe('weights', () => {
  it('are the same after save and load', async () => {
    const encoder = await create();
    await encoder.save(join(folder, 'saved'));
    const loaded = await AudioEncoder.fromPretrained(join(folder, 'saved'), { executor });
    expect(loaded.config).toEqual(encoder.config);
    const samples = ramp(1, 2, 1600);
    expect((await loaded.encode(samples)).levels.data).toEqual((await encoder.encode(samples)).levels.data);
    await Promise.all([encoder.dispose(), loaded.dispose()]);
  });

  it('of deeper layers are skipped, strangers are not', async () => {
    const deep = await create({ levels: [6] });
    const weights = new Map<string, HostTensor>([...deep.weights, ['masked_spec_embed', ramp(16)]]);
    const shallow = await AudioEncoder.fromWeights(small, weights, { executor });
    expect(shallow.weights.size).toBeLessThan(deep.weights.size);
    weights.set('encoder.layers.6.layer_norm.weight', ramp(16)); // the model has layers 0 … 5
    weights.delete('encoder.layers.0.layer_norm.bias');
    weights.set('encoder.pos_conv_embed.conv.weight_g', ramp(16, 1, 1));
    await expect(AudioEncoder.fromWeights(small, weights, { executor })).rejects.toMatchObject({
      code: 'WEIGHTS_MISMATCH',
      missing: ['encoder.layers.0.layer_norm.bias'],
      unexpected: ['encoder.layers.6.layer_norm.weight'],
      misshapen: [{ name: 'encoder.pos_conv_embed.conv.weight_g' }],
    });
    await Promise.all([deep.dispose(), shallow.dispose()]);
  });
});

describe('lengths', () => {
  it('match the published front-end', () => {
    expect(stepsOf(presets.paper, 32_000)).toBe(99);
    expect(fewestSamples(presets.paper)).toBe(400);
    expect(stepsOf(presets.paper, 400)).toBe(1);
    expect(stepsOf(presets.paper, 399)).toBe(0);
  });
});

describe('bad input', async () => {
  const encoder = await create();
  afterAll(() => encoder.dispose());

  it.each<[string, HostTensor, string]>([
    ['clips shorter than a window', ramp(1, 2, 399), 'SHAPE_MISMATCH'],
    ['a missing axis', ramp(2, 1600), 'SHAPE_MISMATCH'],
    ['no clips', floatTensor(new Float32Array(0), [1, 0, 1600]), 'SHAPE_MISMATCH'],
    ['16-bit samples', { type: 'int32', dims: [1, 1, 800], data: new Int32Array(800) }, 'DATA_TYPE_MISMATCH'],
  ])('%s', async (_name, samples, code) => {
    await expect(encoder.encode(samples as FloatTensor)).rejects.toMatchObject({ code, hint: expect.any(String) });
  });

  it('an aborted signal', async () => {
    await expect(encoder.encode(ramp(1, 1, 800), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

describe('bad configuration', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ hidden: 100, heads: 16 }, 'hidden'],
    [{ levels: [25] }, 'levels'],
    [{ levels: [] }, 'levels'],
    [{ featureLevels: [-1] }, 'featureLevels'],
    [{ convolutions: [{ filters: 8, kernel: 2, stride: 3 }] }, 'convolutions'],
    [{ normalization: 'joint' }, 'normalization'],
    [{ convolutionNorm: 'instance' }, 'convolutionNorm'],
    [{ sampleRateHz: 8000 }, 'sampleRateHz'],
  ])('%j', (config, field) => {
    expect(() => resolveAudioEncoderConfig(config)).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG', field }));
  });
});

describe('disposal', () => {
  it('frees the session, twice is once, and later use is an error', async () => {
    const before = executor.usage();
    const encoder = await create();
    await encoder.warmUp();
    expect(executor.usage().sessions).toBe(before.sessions + 1);
    await encoder.dispose();
    await encoder.dispose();
    expect(executor.usage()).toEqual(before);
    await expect(encoder.encode(ramp(1, 1, 800))).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

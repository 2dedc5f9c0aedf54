import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@nano-emox/engine';
import { assertAllclose, rows } from '@nano-emox/engine/testing';
import type { HostTensor } from '@nano-emox/tensor-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presets, resolveConfig, SceneEncoder } from './index';

const local = { workers: 0, threads: 1 } as const;
const small = {
  imageSize: 28,
  patchSize: 7,
  hidden: 16,
  layers: 4,
  heads: 2,
  mlp: 32,
  levels: [1, 2],
  featureLevel: 3,
} as const;
const FRAME_VALUES = 3 * 28 * 28;

function frames(batch: number, count: number, seed = 1): HostTensor<'uint8'> {
  const random = new Random(seed);
  const data = new Uint8Array(batch * count * FRAME_VALUES).map(() => Math.floor(random.uniform() * 256));
  return { type: 'uint8', dims: [batch, count, 3, 28, 28], data };
}

let encoder: SceneEncoder;
beforeAll(async () => {
  encoder = await SceneEncoder.create(small, local);
});
afterAll(() => encoder.dispose());

describe('SceneEncoder.encode', () => {
  it('gives features and levels per frame, for any batch and number of frames', async () => {
    for (const [batch, count] of [
      [1, 1],
      [2, 3],
      [1, 8],
    ] as const) {
      const { features, levels } = await encoder.encode(frames(batch, count));
      expect(features.dims).toEqual([batch, count, 16]);
      expect(levels.dims).toEqual([batch, count, 2, 16]);
      expect([...features.data, ...levels.data].every(Number.isFinite)).toBe(true);
    }
    expect(encoder.featureSpec.axes).toEqual(['batch', 'frames', 16]);
  });

  it('a clip alone equals the same clip in a batch', async () => {
    const clips = frames(2, 3);
    const together = await encoder.encode(clips);
    for (const index of [0, 1]) {
      const data = clips.data.slice(index * 3 * FRAME_VALUES, (index + 1) * 3 * FRAME_VALUES);
      const alone = await encoder.encode({ ...clips, dims: [1, ...clips.dims.slice(1)], data });
      assertAllclose(alone.features, rows(together.features, index, index + 1), 1e-5);
      assertAllclose(alone.levels, rows(together.levels, index, index + 1), 1e-5);
    }
  });

  it('a frame is encoded without looking at its neighbours', async () => {
    const clip = frames(1, 2);
    const { features } = await encoder.encode(clip);
    const alone = await encoder.encode({ ...clip, dims: [1, 1, 3, 28, 28], data: clip.data.slice(FRAME_VALUES) });
    assertAllclose(alone.features, { ...features, dims: [1, 1, 16], data: features.data.slice(16) }, 1e-5);
  });

  it('names the input when its size or type does not fit', async () => {
    const clip = frames(1, 1);
    const none = encoder.encode({ type: 'uint8', dims: [1, 0, ...clip.dims.slice(2)], data: new Uint8Array() });
    await expect(none).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      hint: 'Every axis of frames needs at least one element.',
    });
    await expect(encoder.encode({ ...clip, dims: [1, 1, 3, 56, 14] })).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      input: 'frames',
      expected: ['batch', 'frames', 3, 28, 28],
    });
    const floats = { type: 'float32', dims: clip.dims, data: new Float32Array(FRAME_VALUES) } as const;
    await expect(encoder.encode(floats)).rejects.toMatchObject({ code: 'DATA_TYPE_MISMATCH' });
  });

  it('stops when the signal is aborted', async () => {
    await expect(encoder.encode(frames(1, 1), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

describe('weights', () => {
  it('saved and loaded, the encoder gives the same numbers', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'scene-encoder-'));
    try {
      await encoder.save(join(parent, 'model'));
      const loaded = await SceneEncoder.fromPretrained(join(parent, 'model'), local);
      const clip = frames(1, 2);
      expect(loaded.config).toEqual(encoder.config);
      expect(await loaded.encode(clip)).toEqual(await encoder.encode(clip));
      await loaded.dispose();
    } finally {
      await rm(parent, { recursive: true, force: true });
    }
  });

  it('layers that nobody reads are neither needed nor refused', async () => {
    expect([...encoder.weights.keys()].some((name) => name.includes('layers.3.'))).toBe(false);
    const extra = (name: string) => [name, { type: 'float32', dims: [1], data: new Float32Array(1) }] as const;
    const checkpoint = new Map<string, HostTensor>([
      ...encoder.weights,
      extra('vision_model.encoder.layers.3.mlp.fc1.weight'),
      extra('vision_model.post_layernorm.weight'),
      extra('visual_projection.weight'),
      extra('text_model.final_layer_norm.bias'),
      extra('logit_scale'),
    ]);
    const other = await SceneEncoder.fromWeights(small, checkpoint, local);
    expect([...other.weights.keys()]).toEqual([...encoder.weights.keys()]);
    await other.dispose();
  });

  it('one error lists everything that does not fit', async () => {
    const weights = new Map<string, HostTensor>(encoder.weights);
    weights.delete('vision_model.pre_layrnorm.bias');
    weights.set('vision_model.embeddings.class_embedding', { type: 'float32', dims: [3], data: new Float32Array(3) });
    weights.set('vision_model.encoder.layers.0.mlp.fc3.weight', {
      type: 'float32',
      dims: [1],
      data: new Float32Array(1),
    });
    await expect(SceneEncoder.fromWeights(small, weights, local)).rejects.toMatchObject({
      code: 'WEIGHTS_MISMATCH',
      missing: ['vision_model.pre_layrnorm.bias'],
      unexpected: ['vision_model.encoder.layers.0.mlp.fc3.weight'],
      misshapen: [{ name: 'vision_model.embeddings.class_embedding', expected: [16], received: [3] }],
    });
  });
});

describe('disposal', () => {
  it('is idempotent; later use throws', async () => {
    const other = await SceneEncoder.create(small, local);
    await other.encode(frames(1, 1));
    await other.dispose();
    await other.dispose();
    await expect(other.encode(frames(1, 1))).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

describe('resolveConfig', () => {
  it('fills the published sizes', () => {
    expect(resolveConfig()).toEqual(presets.paper);
    expect(resolveConfig(presets.tiny)).toEqual(presets.tiny);
  });

  it.each([
    [{ heads: 7 }, 'heads'],
    [{ levels: [12, 25] }, 'levels'],
    [{ levels: [] }, 'levels'],
    [{ featureLevel: 2.5 }, 'featureLevel'],
    [{ imageSize: 10 }, 'imageSize'],
    [{ layerNormEpsilon: 0 }, 'layerNormEpsilon'],
    [{ activation: 'relu' as never }, 'activation'],
    [{ image: 224 } as never, 'image'],
  ])('%j names the field %s', (config, field) => {
    expect(() => resolveConfig(config)).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG', field }));
  });
});

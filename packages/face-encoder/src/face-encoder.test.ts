import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@nano-emox/engine';
import { assertAllclose, maxDifference, rows } from '@nano-emox/engine/testing';
import type { HostTensor } from '@nano-emox/tensor-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaceEncoder, fromFaceXFormerNames, presets, resolveConfig } from './index';

const local = { workers: 0, threads: 1 } as const;
/** Small enough for a test; the map of 10 × 10 patches needs padded windows and padded merging. */
const small = {
  imageSize: 40,
  embedDim: 8,
  depths: [2, 1],
  heads: [2, 4],
  headWidth: 16,
  queries: 3,
  projectionDim: 24,
  lmDim: 20,
} as const;
const FRAME_VALUES = 3 * 40 * 40;

function frames(batch: number, count: number, seed = 1): HostTensor<'uint8'> {
  const random = new Random(seed);
  const data = new Uint8Array(batch * count * FRAME_VALUES).map(() => Math.floor(random.uniform() * 256));
  return { type: 'uint8', dims: [batch, count, 3, 40, 40], data };
}

let encoder: FaceEncoder;
beforeAll(async () => {
  encoder = await FaceEncoder.create(small, local);
});
afterAll(() => encoder.dispose());

describe('FaceEncoder.encode', () => {
  it('gives features per frame and a fixed number of tokens, for any batch and number of frames', async () => {
    for (const [batch, count] of [
      [1, 1],
      [2, 3],
      [1, 8],
    ] as const) {
      const { features, tokens } = await encoder.encode(frames(batch, count));
      expect(features.dims).toEqual([batch, count, 16]);
      expect(tokens.dims).toEqual([batch, 3, 20]);
      expect([...features.data, ...tokens.data].every(Number.isFinite)).toBe(true);
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
      assertAllclose(alone.tokens, rows(together.tokens, index, index + 1), 1e-5);
    }
  });

  it('tokens do not depend on the order of the frames, features follow it', async () => {
    const clip = frames(1, 4);
    const reversed = new Uint8Array(clip.data.length);
    for (let frame = 0; frame < 4; frame++) {
      reversed.set(clip.data.subarray(frame * FRAME_VALUES, (frame + 1) * FRAME_VALUES), (3 - frame) * FRAME_VALUES);
    }
    const forward = await encoder.encode(clip);
    const backward = await encoder.encode({ ...clip, data: reversed });
    assertAllclose(forward.tokens, backward.tokens, 1e-5);
    const first = { ...forward.features, dims: [16], data: forward.features.data.slice(0, 16) };
    const last = { ...backward.features, dims: [16], data: backward.features.data.slice(48) };
    assertAllclose(first, last, 1e-5);
    expect(maxDifference(forward.features, backward.features)).toBeGreaterThan(1e-3);
  });

  it('float frames give what bytes give', async () => {
    const bytes = frames(1, 2);
    const floats = await FaceEncoder.fromWeights({ ...small, inputType: 'float32' }, encoder.weights, local);
    const { features } = await floats.encode({
      type: 'float32',
      dims: bytes.dims,
      data: Float32Array.from(bytes.data),
    });
    await floats.dispose();
    assertAllclose(features, (await encoder.encode(bytes)).features, 1e-6);
  });

  it('imagenet normalisation equals frames normalised beforehand', async () => {
    const bytes = frames(1, 1);
    const deviations = [0.229, 0.224, 0.225];
    const normalized = Float32Array.from(bytes.data, (value, index) => {
      const channel = Math.floor(index / 1600) % 3;
      return (value / 255 - ([0.485, 0.456, 0.406][channel] as number)) / (deviations[channel] as number);
    });
    const graph = await FaceEncoder.fromWeights({ ...small, normalization: 'imagenet' }, encoder.weights, local);
    const plain = await FaceEncoder.fromWeights({ ...small, inputType: 'float32' }, encoder.weights, local);
    const expected = await plain.encode({ type: 'float32', dims: bytes.dims, data: normalized });
    const actual = await graph.encode(bytes);
    await Promise.all([graph.dispose(), plain.dispose()]);
    assertAllclose(actual.features, expected.features, 1e-4);
    expect(maxDifference(actual.features, (await encoder.encode(bytes)).features)).toBeGreaterThan(1e-3);
  });

  it('names the input when its size or type does not fit', async () => {
    const clip = frames(1, 1);
    const none = encoder.encode({ type: 'uint8', dims: [1, 0, ...clip.dims.slice(2)], data: new Uint8Array() });
    await expect(none).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      hint: 'Every axis of frames needs at least one element.',
    });
    await expect(encoder.encode({ ...clip, dims: [1, 1, 3, 80, 20] })).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      input: 'frames',
      expected: ['batch', 'frames', 3, 40, 40],
    });
    await expect(
      encoder.encode({ type: 'int8', dims: clip.dims, data: new Int8Array(FRAME_VALUES) }),
    ).rejects.toMatchObject({
      code: 'DATA_TYPE_MISMATCH',
    });
  });

  it('stops when the signal is aborted', async () => {
    await expect(encoder.encode(frames(1, 1), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

describe('weights', () => {
  it('saved and loaded, the encoder gives the same numbers', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'face-encoder-'));
    try {
      await encoder.save(join(parent, 'model'));
      const loaded = await FaceEncoder.fromPretrained(join(parent, 'model'), local);
      const clip = frames(1, 2);
      expect(loaded.config).toEqual(encoder.config);
      expect(await loaded.encode(clip)).toEqual(await encoder.encode(clip));
      await loaded.dispose();
    } finally {
      await rm(parent, { recursive: true, force: true });
    }
  });

  it('one error lists everything that does not fit', async () => {
    const weights = new Map<string, HostTensor>(encoder.weights);
    weights.delete('query');
    weights.set('facexformer.linear_c.0.proj.bias', { type: 'float32', dims: [3], data: new Float32Array(3) });
    weights.set('attn.extra', { type: 'float32', dims: [1], data: new Float32Array(1) });
    await expect(FaceEncoder.fromWeights(small, weights, local)).rejects.toMatchObject({
      code: 'WEIGHTS_MISMATCH',
      missing: ['query'],
      unexpected: ['attn.extra'],
      misshapen: [{ name: 'facexformer.linear_c.0.proj.bias', expected: [16], received: [3] }],
    });
  });

  it('equal seeds give equal encoders', async () => {
    const [same, other] = await Promise.all([0, 1].map((seed) => FaceEncoder.create(small, { ...local, seed })));
    const query = (of: FaceEncoder | undefined) => of?.weights.get('query')?.data;
    expect(query(same)).toEqual(query(encoder));
    expect(query(other)).not.toEqual(query(encoder));
    await Promise.all([same?.dispose(), other?.dispose()]);
  });

  it("FaceXFormer's own names lead to the names of the encoder", () => {
    const query = encoder.weights.get('query') as HostTensor;
    const renamed = fromFaceXFormerNames(new Map([['backbone.0.0.0.weight', query]]));
    expect([...renamed.keys()]).toEqual(['facexformer.backbone.0.0.0.weight']);
  });
});

describe('disposal', () => {
  it('is idempotent; later use throws', async () => {
    const other = await FaceEncoder.create(small, local);
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
    [{ heads: [3, 8, 16, 32] }, 'heads'],
    [{ depths: [2, 2] }, 'heads'],
    [{ depths: [2, 2, 0, 2] }, 'depths'],
    [{ imageSize: 2 }, 'imageSize'],
    [{ imageSize: [224] as never }, 'imageSize'],
    [{ temporalHeads: 5 }, 'temporalHeads'],
    [{ queries: 0 }, 'queries'],
    [{ mlpRatio: Number.NaN }, 'mlpRatio'],
    [{ pooling: 'max' as never }, 'pooling'],
    [{ embeddim: 12 } as never, 'embeddim'],
  ])('%j names the field %s', (config, field) => {
    expect(() => resolveConfig(config)).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG', field }));
  });
});

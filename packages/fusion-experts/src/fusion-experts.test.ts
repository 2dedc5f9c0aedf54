import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openExecutor } from '@nano-emox/engine/runtime';
import { assertAllclose, ramp, rows } from '@nano-emox/engine/testing';
import { type FloatTensor, floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import { type FusionConfig, FusionExperts, presets, resolveFusionConfig } from './index';

const executor = await openExecutor({ workers: 0 });
const folder = await mkdtemp(join(tmpdir(), 'fusion-'));
afterAll(async () => {
  await executor.dispose();
  await rm(folder, { recursive: true });
});

const widths = { audioDim: 20, sceneDim: 24, lmDim: 40, tokens: 2 };
const configs: readonly FusionConfig[] = [
  presets.tiny,
  resolveFusionConfig({ type: 'multiscale', ...widths, hidden: 32, experts: 2, sharedProjections: false }),
  resolveFusionConfig({ type: 'qformer', ...widths, commonDim: 24, hidden: 32, heads: 4, mlpDim: 64 }),
  resolveFusionConfig({ type: 'attention', ...widths, commonDim: 24 }),
  resolveFusionConfig({ type: 'densemoe', ...widths, commonDim: 24, experts: 4 }),
];

function inputsOf(config: FusionConfig, batch = 3, clips = 5, frames = 8) {
  const levels = config.type === 'multiscale' ? [config.experts] : [];
  return {
    audio: ramp(batch, clips, ...levels, config.audioDim),
    scene: ramp(batch, frames, ...levels, config.sceneDim),
  };
}

describe.each(configs.map((config) => [JSON.stringify(config), config] as const))('%s', (label, config) => {
  const inputs = inputsOf(config);

  it('gives tokens, and a gate where there are experts', async () => {
    const fusion = await FusionExperts.create(config, { executor, seed: 1 });
    const { embeddings, gate, modality } = await fusion.fuse(inputs);
    expect(modality).toBe('multi');
    expect(embeddings.dims).toEqual([3, config.tokens, config.lmDim]);
    if ('experts' in config) {
      expect(gate?.dims).toEqual([3, config.experts]);
      for (const row of [0, 1, 2]) {
        const shares = rows(gate as FloatTensor, row, row + 1).data;
        expect(shares.every((share) => share > 0)).toBe(true);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
      }
    } else expect(gate).toBeUndefined();
    await fusion.dispose();
  });

  it('treats a row of a batch as it treats the row alone', async () => {
    const fusion = await FusionExperts.create(config, { executor, seed: 1 });
    const { embeddings } = await fusion.fuse(inputs);
    for (const row of [0, 1, 2]) {
      const alone = await fusion.fuse({
        audio: rows(inputs.audio, row, row + 1),
        scene: rows(inputs.scene, row, row + 1),
      });
      assertAllclose(alone.embeddings, rows(embeddings, row, row + 1), 1e-5);
    }
    await fusion.dispose();
  });

  it('is the same after save and load', async () => {
    const path = join(folder, `${config.type}-${label.length}`);
    const fusion = await FusionExperts.create(config, { executor, seed: 1 });
    await fusion.save(path);
    const loaded = await FusionExperts.fromPretrained(path, { executor });
    expect(loaded.config).toEqual(fusion.config);
    expect((await loaded.fuse(inputs)).embeddings.data).toEqual((await fusion.fuse(inputs)).embeddings.data);
    await fusion.dispose();
    await loaded.dispose();
  });

  it('lists every weight that does not fit in one error', async () => {
    const fusion = await FusionExperts.create(config, { executor });
    const weights = new Map<string, HostTensor>(fusion.weights);
    const [first, second] = [...weights.keys()] as [string, string];
    weights.delete(first);
    weights.set(second, ramp(7));
    weights.set('stray', ramp(1));
    await expect(FusionExperts.fromWeights(config, weights, { executor })).rejects.toMatchObject({
      code: 'WEIGHTS_MISMATCH',
      missing: [first],
      unexpected: ['stray'],
      misshapen: [{ name: second }],
    });
    await fusion.dispose();
  });
});

describe('multiscale fusion', () => {
  /** The order of time steps, reversed. */
  function reversed({ dims, data }: FloatTensor): FloatTensor {
    const [batch, time] = dims as [number, number];
    const size = data.length / (batch * time);
    const turned = new Float32Array(data.length);
    for (let step = 0; step < batch * time; step++) {
      const row = Math.floor(step / time);
      const target = row * time + (time - 1 - (step % time));
      turned.set(data.subarray(step * size, (step + 1) * size), target * size);
    }
    return floatTensor(turned, dims);
  }

  it('does not read the order of frames and clips', async () => {
    const fusion = await FusionExperts.create(presets.tiny, { executor });
    const { audio, scene } = inputsOf(presets.tiny, 2);
    const straight = await fusion.fuse({ audio, scene });
    const turned = await fusion.fuse({ audio: reversed(audio), scene: reversed(scene) });
    assertAllclose(turned.embeddings, straight.embeddings, 1e-5);
    await fusion.dispose();
  });

  it('skips what published checkpoints carry for the other fusions', async () => {
    const fusion = await FusionExperts.create(presets.tiny, { executor });
    const weights = new Map<string, HostTensor>([...fusion.weights, ['multi_audio_embs.weight', ramp(4, 4)]]);
    const loaded = await FusionExperts.fromWeights(presets.tiny, weights, { executor });
    expect(loaded.weights.has('multi_audio_embs.weight')).toBe(false);
    await Promise.all([fusion.dispose(), loaded.dispose()]);
  });
});

describe('bad input', async () => {
  const fusion = await FusionExperts.create(presets.tiny, { executor });
  afterAll(() => fusion.dispose());
  const { audio, scene } = inputsOf(presets.tiny, 1);

  it.each<[string, { audio?: HostTensor; scene?: HostTensor }, string]>([
    ['audio without levels', { audio: ramp(1, 5, 128) }, 'SHAPE_MISMATCH'],
    ['two levels', { audio: ramp(1, 5, 2, 128) }, 'SHAPE_MISMATCH'],
    ['another width', { scene: ramp(1, 8, 3, 64) }, 'SHAPE_MISMATCH'],
    ['other batch', { scene: ramp(2, 8, 3, 128) }, 'SHAPE_MISMATCH'],
    ['no frames', { scene: floatTensor(new Float32Array(0), [1, 0, 3, 128]) }, 'SHAPE_MISMATCH'],
    [
      'bytes',
      { audio: { type: 'uint8', dims: audio.dims, data: new Uint8Array(audio.data.length) } },
      'DATA_TYPE_MISMATCH',
    ],
  ])('%s', async (_name, changed, code) => {
    const inputs = { audio, scene, ...changed } as { audio: FloatTensor; scene: FloatTensor };
    await expect(fusion.fuse(inputs)).rejects.toMatchObject({ code, hint: expect.any(String) });
  });

  it('more steps than the position table of a Q-Former has', async () => {
    const config = {
      type: 'qformer',
      ...widths,
      commonDim: 24,
      hidden: 32,
      heads: 4,
      mlpDim: 64,
      positions: 12,
    } as const;
    const small = await FusionExperts.create(config, { executor });
    await expect(small.fuse(inputsOf(small.config))).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    await small.dispose();
  });
});

describe('bad configuration', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ type: 'sparse' }, 'type'],
    [{ experts: 0 }, 'experts'],
    [{ hidden: 60 }, 'hidden'],
    [{ sharedProjections: 'yes' }, 'sharedProjections'],
    [{ type: 'attention', heads: 8 }, 'heads'],
    [{ type: 'densemoe', routerNoise: 1 }, 'routerNoise'],
  ])('%j', (config, field) => {
    expect(() => resolveFusionConfig(config)).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG', field }));
  });
});

describe('disposal', () => {
  it('frees the session, twice is once, and later use is an error', async () => {
    const before = executor.usage();
    const fusion = await FusionExperts.create(presets.tiny, { executor });
    const inputs = inputsOf(presets.tiny, 1);
    await fusion.fuse(inputs);
    expect(executor.usage().sessions).toBe(before.sessions + 1);
    await fusion.dispose();
    await fusion.dispose();
    expect(executor.usage()).toEqual(before);
    await expect(fusion.fuse(inputs)).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

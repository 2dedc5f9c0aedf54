import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { taskSetName } from '@nano-emox/p2e';
import { taskIds } from '@nano-emox/tasks';
import type { FloatTensor } from '@nano-emox/tensor-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallConfig } from '../__fixtures__/small-model';
import { faceSizePx } from '../data/faces';
import { loadRendered, type RenderedSet } from '../data/rendered';
import type { EmotionSource } from '../sources/emotion-source';
import type { EncoderInputs, FrozenEncoders } from '../sources/frozen-encoders';
import { availableMixtures, tinyMixtures } from './tiny-mixtures';
import { tinySources } from './tiny-sources';

let folder = '';
let rendered: RenderedSet;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiny-sources-'));
  ({ train: rendered } = await loadRendered({
    cacheFolder: folder,
    size: 16,
    trainCount: 14,
    validationCount: 0,
    threads: 0,
  }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Encoders whose features are the mean of what they read, frame by frame: cheap, and different for different inputs. */
const encoded: EncoderInputs[] = [];
const encoders: FrozenEncoders = {
  producer: 'means',
  faceEncoder: smallConfig.faceEncoder,
  sceneEncoder: { ...smallConfig.sceneEncoder, imageSize: 16 },
  audioEncoder: smallConfig.audioEncoder,
  encode: async (inputs) => {
    encoded.push(inputs);
    const means = ({ dims, data }: NonNullable<EncoderInputs['frames']>): FloatTensor => {
      const [rows = 0] = dims;
      const size = data.length / rows;
      const mean = (start: number) =>
        Number((data as Float32Array).subarray(start, start + size).reduce((a, b) => a + b, 0)) / size;
      return {
        type: 'float32',
        dims: [rows, 1],
        data: Float32Array.from({ length: rows }, (_, row) => mean(row * size)),
      };
    };
    const { frames, faceFrames, clips } = inputs;
    return {
      ...(frames && { scene: means(frames) }),
      ...(faceFrames && { face: means(faceFrames) }),
      ...(clips && { audio: means(clips) }),
    };
  },
  dispose: async () => undefined,
};

const labels = Uint8Array.of(3, 6);
const pixels = Uint8Array.from({ length: 2 * faceSizePx ** 2 }, (_, index) => index % 251);
const faces = { count: 2, size: faceSizePx, pixels, labels } as const;
const samples = Int16Array.from({ length: 5000 }, (_, index) => 3000 * Math.sin(index / 9));
const voices = { count: 2, samples, offsets: Int32Array.of(0, 2000, 5000), labels, speakers: ['a', 'b'] };

const open = (media: Parameters<typeof tinySources>[0]) =>
  tinySources(media, { encoders, input: smallConfig.input, cacheFolder: folder, split: 'train' });
const rowsOf = (source: EmotionSource) =>
  Promise.all(Array.from({ length: source.length }, (_, index) => source.row(index)));

describe('tinySources', () => {
  it('have a data set for every entry of the mixtures', async () => {
    const sources = await open({ rendered, faces, voices });
    const names = new Set<string>();
    for (const source of sources)
      for (const { targets } of await rowsOf(source))
        for (const { task } of targets) names.add(taskSetName(source.name, task));
    const drawn = new Set(Object.values(tinyMixtures).flatMap((mixture) => Object.keys(mixture)));
    expect([...drawn].sort()).toEqual([...names].filter((name) => drawn.has(name)).sort());
    const shares = taskIds.map((task) => tinyMixtures['empathy-multitask'][`rendered/${task}`] as number);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect((shares[taskIds.indexOf('eri')] as number) / (shares[taskIds.indexOf('mir')] as number)).toBeCloseTo(
      31 / 5,
      9,
    );
  });

  it('leave the mixtures what there is without public data', async () => {
    const mixtures = availableMixtures(await open({ rendered }));
    expect(mixtures['perception-audio']).toEqual({ 'rendered-voice/mer': 0.4 });
    expect(mixtures['perception-visual']).toEqual({ 'rendered-visual/mer': 0.4 });
    expect(mixtures['empathy-multitask']).toEqual(tinyMixtures['empathy-multitask']);
  });

  it('ask one modality only where it shows the emotion, for the emotion', async () => {
    const sources = await open({ rendered });
    for (const [name, modality] of [
      ['rendered-voice', 'voice'],
      ['rendered-visual', 'face'],
    ] as const) {
      const rows = await rowsOf(sources.find((source) => source.name === name) as EmotionSource);
      const shown = Array.from({ length: rendered.count }, (_, index) => rendered.truth(index)).filter(
        ({ evidence }) => evidence[modality],
      );
      expect(rows.map(({ id }) => id)).toEqual(shown.map(({ seed }) => seed));
      expect(rows.every(({ targets }) => targets.length === 1 && targets[0].task === 'mer')).toBe(true);
    }
  });

  it('compute features once, rounded from the first use, and repeat what stands still', async () => {
    const sources = await open({ rendered, faces, voices });
    const find = (name: string) => sources.find((source) => source.name === name) as EmotionSource;
    encoded.length = 0;
    const clip = await find('rendered').features(2);
    expect(clip.scene).toHaveLength(8);
    expect(clip.audio).toHaveLength(smallConfig.input.clips);
    expect(await find('rendered').features(2)).toEqual(clip);
    expect(await (await open({ rendered }))[0]?.features(2)).toEqual(clip);
    expect(encoded).toHaveLength(1);
    const { frames } = encoded[0] as Required<EncoderInputs>;
    const exact = (frames.data as Uint8Array).subarray(0, 768).reduce((sum, value) => sum + value, 0) / 768;
    expect(Math.abs((clip.scene?.[0] as number) - exact)).toBeLessThan(exact / 2048);

    const { face, audio } = await find('faces').features(1);
    expect(audio).toBeUndefined();
    expect([...(face as Float32Array)].map((value, index) => value === face?.[index % 2])).not.toContain(false);
    expect(face?.[0]).not.toBe(face?.[1]);
    const voice = await find('voices').features(0);
    expect(new Set(voice.audio)).toHaveLength(1);
    expect((await find('voices').row(1)).targets).toEqual([{ task: 'mer', value: { emotion: 'surprise' } }]);
  });
});

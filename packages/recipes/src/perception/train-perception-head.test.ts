import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TeacherTable } from '@nano-emox/distillation';
import { deriveSeed, Random } from '@nano-emox/engine';
import { labelSets } from '@nano-emox/tasks';
import type { EmotionSampleRow } from '@nano-emox/tasks/datasets';
import { floatTensor } from '@nano-emox/tensor-contract';
import { folder as tinyModel } from '@nano-emox/weights-tiny';
import { type EmotionModelConfig, NanoEmoX } from 'nano-emox';
import type { ClipFeatures } from 'nano-emox/training';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predictAnswers } from '../evaluate/predict-answers';
import { readModelConfig } from '../index';
import type { EmotionSource } from '../sources/emotion-source';
import type { PerceptionEvent } from './perception-options';
import { trainPerceptionHead } from './train-perception-head';

const TIMEOUT_MS = 180_000;
const emotions = labelSets.sevenEmotions;
const CLIPS = 140;

/** Clips whose faces lie around one centre per emotion; scene and voice are noise, and the words say nothing. */
function facesOf(config: EmotionModelConfig, changed: Partial<EmotionSampleRow> = {}): EmotionSource {
  const { input, faceEncoder, sceneEncoder } = config;
  const centres = emotions.map((emotion) => {
    const random = new Random(deriveSeed(3, emotion));
    return Float32Array.from({ length: faceEncoder.headWidth }, () => random.normal());
  });
  return {
    name: 'faces',
    length: CLIPS,
    row: async (index) => ({
      id: `clip-${index}`,
      dataSet: 'faces',
      split: 'train',
      targets: [{ task: 'mer', value: { emotion: emotions[index % emotions.length] as string } }],
      modalityMode: 'face_frame_text',
      ...changed,
    }),
    features: async (index): Promise<ClipFeatures> => {
      const random = new Random(deriveSeed(4, String(index)));
      const centre = centres[index % emotions.length] as Float32Array;
      const noise = (size: number) => new Float32Array(size).map(() => random.normal());
      const face = noise(input.frames * faceEncoder.headWidth).map(
        (value, at) => value + (centre[at % faceEncoder.headWidth] as number),
      );
      return { ...(index !== 5 && { face }), scene: noise(input.frames * sceneEncoder.hidden) };
    },
  };
}

describe.skipIf(!existsSync(join(tinyModel, 'config.json')))('trainPerceptionHead', { timeout: TIMEOUT_MS }, () => {
  let folder = '';
  let config: EmotionModelConfig;
  const head = { widths: [32], epochs: 12, learningRate: 3e-3 } as const;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perception-'));
    config = await readModelConfig(tinyModel);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('writes a model whose head decides with the word, better than the word alone', async () => {
    const source = facesOf(config);
    const target = join(folder, 'with-head');
    const events: PerceptionEvent[] = [];
    const ids = Array.from({ length: CLIPS }, (_, index) => `clip-${index}`);
    const logits = new Float32Array(CLIPS * 7);
    ids.forEach((_, row) => {
      logits[row * 7 + (row % 7)] = 4;
    });
    const teacher: TeacherTable = { classes: emotions, ids, logits: floatTensor(logits, [CLIPS, 7]) };
    const cacheFolder = join(folder, 'answers');
    const options = {
      sources: [source],
      heldOutShare: 0.5,
      folder: target,
      teacher,
      head,
      cacheFolder,
      device: 'cpu',
    } as const;
    const trained = await trainPerceptionHead(tinyModel, { ...options, onEvent: (event) => events.push(event) });

    expect(trained.rows.head + trained.rows.gate + trained.rows.check).toBe(CLIPS - 1);
    expect(events.find(({ type }) => type === 'sample-skipped')).toMatchObject({ id: 'clip-5' });
    expect(trained.accuracy.head).toBeGreaterThan(0.7);
    expect(trained.accuracy.decided).toBeGreaterThan(0.7);
    expect(trained.accuracy.word).toBeLessThan(0.5);
    expect(JSON.parse(JSON.stringify(trained))).toEqual(trained);

    // Every other part is what it was, bit by bit.
    expect(await readdir(target)).toEqual([...(await readdir(tinyModel)), 'perception-head'].sort());
    const fileOf = (model: string) => readFile(join(model, 'video-adapter', 'model.safetensors'));
    expect((await fileOf(target)).equals(await fileOf(tinyModel))).toBe(true);

    const model = await NanoEmoX.fromPretrained(target, { workers: 0 });
    expect(model.config.perceptionHead).toMatchObject({ reads: 'face', head: { labels: emotions } });
    expect(model.config.perceptionHead?.gate.temperature).toBe(trained.gate.calibration.temperature);
    const answerOf = async (perceptionHead: boolean) => {
      for await (const { prediction } of predictAnswers({ model, source, limit: 1, perceptionHead })) return prediction;
    };
    expect(await answerOf(true)).toEqual(['anger']); // as its face shows
    expect(emotions).toContainEqual(((await answerOf(false)) as string[])[0]);
    await model.dispose();

    // The same call again asks nothing and gives the same bits; here into the model's own folder.
    const again = await trainPerceptionHead(target, options);
    expect(again).toEqual(trained);
  });

  it.each([
    ['clips of a test part', { split: 'test' }, {}],
    ['clips without an emotion of the classes', {}, { classes: ['calm', 'tense'] }],
    ['clips of one speaker', { speaker: 'anna' }, {}],
    [
      'a teacher of other classes',
      {},
      { teacher: { classes: ['a', 'b'], logits: floatTensor(new Float32Array(2 * CLIPS), [CLIPS, 2]) } },
    ],
  ] as const)('refuses %s and writes nothing', async (_, row, options) => {
    const target = join(folder, 'refused');
    const sources = [facesOf(config, row as Partial<EmotionSampleRow>)];
    const refused = trainPerceptionHead(tinyModel, { sources, folder: target, head, device: 'cpu', ...options });
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(existsSync(target)).toBe(false);
  });
});

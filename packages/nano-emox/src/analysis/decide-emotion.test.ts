import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerceptionHead, resolveHeadConfig, resolvePerceptionConfig } from '@nano-emox/distillation';
import { writeClip } from '@nano-emox/media';
import { labelSets } from '@nano-emox/tasks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brief, createTinyModel, hasTrainedModel, sampleClip, trainedModelFolder } from '../__fixtures__/tiny-model';
import { type EmotionModelConfig, type EncodedClip, NanoEmoX, presets, resolveModelConfig } from '../index';

const { tiny } = presets;
const featureDims = { face: tiny.faceEncoder.headWidth, scene: tiny.sceneEncoder.hidden };

/** The settings of a small head on an encoder of the tiny model. */
const headOf = (reads: 'face' | 'scene', labels: readonly string[] = labelSets.sevenEmotions) =>
  resolvePerceptionConfig({
    reads,
    head: resolveHeadConfig({ featureDim: featureDims[reads], labels, widths: [8], temperature: 0.5 }),
  });
const withHead = (...head: Parameters<typeof headOf>): EmotionModelConfig => ({
  ...tiny,
  perceptionHead: headOf(...head),
});
const mer = { tasks: ['mer'], sampling: brief } as const;
const sumOf = (probabilities: object) => Object.values(probabilities).reduce((sum, share) => sum + share, 0);

describe('a model with a perception head and fresh weights', () => {
  let model: NanoEmoX;
  let clip: EncodedClip;
  let folder = '';
  beforeAll(async () => {
    model = await createTinyModel({ workers: 0 }, withHead('face'));
    clip = await model.encode(sampleClip);
    folder = await mkdtemp(join(tmpdir(), 'nano-emox-head-'));
  });
  afterAll(async () => {
    await model.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('gives every class a probability, and the head decides on an answer that cannot be read', async () => {
    const { tasks } = await model.analyze(clip, mer);
    const { decision, value, confidence } = tasks.mer as Extract<typeof tasks.mer, { status: 'parsed' }>;
    expect(decision?.decidedBy).toBe('head');
    expect(decision?.word).toMatchObject({ status: 'unparsed' });
    expect(Object.keys(decision?.probabilities ?? {})).toEqual(labelSets.sevenEmotions);
    expect(sumOf(decision?.probabilities ?? {})).toBeCloseTo(1, 5);
    expect(decision?.probabilities).toEqual(decision?.head);
    expect(confidence).toBe(Math.max(...Object.values(decision?.probabilities ?? {})));
    expect(decision?.probabilities[value.emotion]).toBe(confidence);
    expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
  });

  it('leaves the language model alone without a face, and where that is asked for', async () => {
    const { headFeatures: _, ...faceless } = clip;
    for (const { tasks } of [
      await model.analyze(faceless, mer),
      await model.analyze(clip, { ...mer, perceptionHead: false }),
    ]) {
      expect(tasks.mer).toMatchObject({ status: 'unparsed' });
      expect(tasks.mer?.decision).toBeUndefined();
    }
    expect(clip.headFeatures?.dims).toEqual([1, 8, featureDims.face]);
    const tone = Float32Array.from({ length: 8000 }, (_, index) => 0.3 * Math.sin(index / 12));
    await writeClip(join(folder, 'dark.mp4'), { samples: tone });
    expect((await model.encode(join(folder, 'dark.mp4'))).headFeatures).toBeUndefined();
  });

  it('refuses other labels, unless the language model answers alone', async () => {
    const candidates = labelSets.meld;
    await expect(model.analyze(clip, { ...mer, candidates })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      argument: 'candidates',
    });
    const same = [...labelSets.sevenEmotions].reverse();
    expect((await model.analyze(clip, { ...mer, candidates: same })).tasks.mer?.decision).toBeDefined();
    await model.analyze(clip, { ...mer, candidates, perceptionHead: false });
    await model.analyze(clip, { tasks: ['mir'], candidates: labelSets.mintrec2, sampling: brief });
  });

  it('is the same after save and load, with a folder for the head', async () => {
    await model.save(folder);
    expect(await readdir(join(folder, 'perception-head'))).toEqual(['config.json', 'model.safetensors']);
    const loaded = await NanoEmoX.fromPretrained(folder, { workers: 0 });
    expect(loaded.config).toEqual(model.config);
    const decisionOf = async (of: NanoEmoX) => (await of.analyze(clip, mer)).tasks.mer?.decision;
    expect(await decisionOf(loaded)).toEqual(await decisionOf(model));
    await loaded.dispose();
  });

  it('can read the scene, and have labels of its own', async () => {
    const other = await createTinyModel({ workers: 0 }, withHead('scene', ['calm', 'tense']));
    const seen = await other.encode(sampleClip);
    expect(seen.headFeatures?.dims).toEqual([1, 8, featureDims.scene]);
    const { tasks } = await other.analyze(seen, mer);
    expect(Object.keys(tasks.mer?.decision?.probabilities ?? {})).toEqual(['calm', 'tense']);
    await other.dispose();
  });

  it('reads the face also where the language model does without it', async () => {
    const other = await createTinyModel({ workers: 0 }, { ...withHead('face'), without: ['face'] });
    const seen = await other.encode(sampleClip);
    expect(seen.modalities).not.toContain('face');
    expect(seen.headFeatures?.dims).toEqual([1, 8, featureDims.face]);
    await other.dispose();
  });

  it.each([
    [
      'a width that no encoder has',
      resolvePerceptionConfig({ head: resolveHeadConfig({ featureDim: 7 }) }),
      'perceptionHead.head.featureDim',
    ],
    ['labels that no answer can name', headOf('face', ['Calm', 'tense']), 'perceptionHead.head.labels'],
    ['an encoder that it cannot read', { ...headOf('face'), reads: 'voice' as never }, 'reads'],
  ])('refuses %s', (_, perceptionHead, field) => {
    expect(() => resolveModelConfig({ ...tiny, perceptionHead })).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIG', field }),
    );
  });
});

describe.skipIf(!hasTrainedModel)('the trained tiny model with a head that knows nothing', () => {
  it('keeps its word, what the head says, and who decided', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nano-emox-word-'));
    try {
      await cp(trainedModelFolder, folder, { recursive: true });
      const plain = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
      await writeFile(join(folder, 'config.json'), JSON.stringify({ ...plain, perceptionHead: headOf('face') }));
      const head = await PerceptionHead.create(headOf('face'), { workers: 0, seed: 5 });
      await head.save(join(folder, 'perception-head'));
      await using model = await NanoEmoX.fromPretrained(folder, { workers: 0 });
      const clip = await model.encode(sampleClip);
      const alone = (await model.analyze(clip, { tasks: ['mer'], perceptionHead: false })).tasks.mer;
      const together = (await model.analyze(clip, { tasks: ['mer'] })).tasks.mer;
      expect(alone?.status).toBe('parsed');
      const { durationMs: _, ...word } = alone as NonNullable<typeof alone>;
      expect(together?.decision?.word).toEqual(word);
      const emotion = word.status === 'parsed' ? word.value.emotion : '';
      const [decision] = await head.decide(clip.headFeatures as never, [emotion]);
      expect(together).toMatchObject({
        status: 'parsed',
        value: { emotion: decision?.label },
        decision: { decidedBy: decision?.label === emotion ? 'word' : 'head', probabilities: decision?.probabilities },
      });
      await head.dispose();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { indexDataSet } from '@nano-emox/tasks/datasets';
import { NanoEmoX } from 'nano-emox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSmallCorpus } from '../__fixtures__/small-corpus';
import { readTokenizerOfTiny, smallConfig } from '../__fixtures__/small-model';
import { corpusSource, encodersOf, namedCorpus } from '../index';
import { type CorpusTrainingEvent, trainOnCorpora } from './train-on-corpora';

/** For busy machines; alone it takes some seconds. */
const TIMEOUT_MS = 120_000;

let folder = '';
let model: NanoEmoX;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'train-on-corpora-'));
  const config = { ...smallConfig, input: { ...smallConfig.input, faceCrop: 'whole-frame' as const } };
  model = await NanoEmoX.create(config, { tokenizer: await readTokenizerOfTiny(), seed: 2, workers: 0 });
  await model.save(at('model'));
  await writeSmallCorpus(at('mine'));
}, TIMEOUT_MS);
afterAll(async () => {
  await model.dispose();
  await rm(folder, { recursive: true, force: true });
});

describe('corpusSource', { timeout: TIMEOUT_MS }, () => {
  it('has the clips that can be read, with what each offers, and computes them once', async () => {
    const rows = await indexDataSet(await namedCorpus('mine', at('mine')), at('mine'));
    const computed: number[] = [];
    const skipped: string[] = [];
    const open = () =>
      corpusSource({
        rows,
        encoders: encodersOf(model),
        input: model.config.input,
        cacheFolder: at('cache'),
        onEvent: (event) => {
          if (event.type === 'media-skipped') skipped.push(`${event.id} ${event.code}`);
          if (event.type === 'features-end') computed.push(event.computedClips);
        },
      });
    const source = await open();
    expect(skipped.sort()).toEqual(['absent MISSING_FILE', 'broken INVALID_MEDIA']);
    const ids = await Promise.all([0, 1, 2].map(async (index) => (await source.row(index)).id));
    expect(ids).toEqual(['whole', 'silent', 'dark']);
    const offered = await Promise.all([0, 1, 2].map(async (index) => Object.keys(await source.features(index)).sort()));
    const [seen, heard] = [
      ['face', 'scene', 'sceneLevels'],
      ['audio', 'audioLevels'],
    ] as const;
    expect(offered).toEqual([[...heard, ...seen], seen, heard]);
    const { input, sceneEncoder } = smallConfig;
    expect((await source.features(0)).scene).toHaveLength(input.frames * sceneEncoder.hidden);
    const again = await open();
    expect(computed).toEqual([3, 0]);
    expect(await again.features(0)).toEqual(await source.features(0));
    await rows.dispose();
  });

  it('refuses a broken clip where asked to', async () => {
    const rows = await indexDataSet(await namedCorpus('mine', at('mine')), at('mine'));
    const opening = corpusSource({
      rows,
      encoders: encodersOf(model),
      input: model.config.input,
      cacheFolder: at('cache'),
      badMedia: 'refuse',
    });
    await expect(opening).rejects.toMatchObject({ code: expect.stringMatching(/INVALID_MEDIA|MISSING_FILE/) });
    await rows.dispose();
  });
});

describe('trainOnCorpora', { timeout: TIMEOUT_MS }, () => {
  it('trains all phases on the clips of a table, and keeps the encoders', async () => {
    const events: CorpusTrainingEvent[] = [];
    const { modelFolder } = await trainOnCorpora({
      from: at('model'),
      dataSets: [{ name: 'mine', folder: at('mine') }],
      runFolder: at('run'),
      cacheFolder: at('cache'),
      stepsScale: 1e-5,
      patience: 3,
      device: 'cpu',
      threads: 1,
      onEvent: (event) => events.push(event),
    });
    const drawn = events.flatMap((event) => (event.type === 'step-end' ? [`${event.phase} ${event.dataSets}`] : []));
    expect(drawn.slice(0, 3)).toEqual([
      'perception-audio mine-voice/mer',
      'perception-visual mine-visual/mer',
      'understanding-fusion mine/mir',
    ]);
    expect(drawn.slice(3).every((text) => /^empathy-multitask mine\/(mer|mir)$/.test(text))).toBe(true);
    const { config } = JSON.parse(await readFile(join(at('run'), 'config.json'), 'utf8'));
    expect(config).toMatchObject({ validation: { patience: 3 }, dataSets: ['mine'] });
    const trained = await NanoEmoX.fromPretrained(modelFolder, { workers: 0 });
    try {
      expect(encodersOf(trained).sceneEncoder).toEqual(model.config.sceneEncoder);
      expect(trained.config.preset).toBe('small-fixture');
    } finally {
      await trained.dispose();
    }
    const before = await readFile(join(at('model'), 'video-adapter', 'model.safetensors'));
    expect((await readFile(join(modelFolder, 'video-adapter', 'model.safetensors'))).equals(before)).toBe(false);
  });

  it.each([
    ['a name that nobody knows', 'nowhere', 'MISSING_FILE'],
    ['a description that is none', 'odd', 'INVALID_FILE'],
  ])('says what is wrong with %s', async (_, name, code) => {
    if (name === 'odd') await writeFile(at('dataset.json'), '{"files": 3}');
    const training = trainOnCorpora({
      from: at('model'),
      dataSets: [{ name, folder: name === 'odd' ? folder : at(name) }],
      runFolder: at('other'),
    });
    await expect(training).rejects.toMatchObject({ code });
  });
});

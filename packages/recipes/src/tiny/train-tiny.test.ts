import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NanoEmoX } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallConfig } from '../__fixtures__/small-model';
import { ablateTiny } from '../ablate/ablate-tiny';
import type { TinyEvent } from './tiny-options';
import { tinyStages } from './tiny-options';
import { trainTinyFromNothing } from './train-tiny';

/** For busy machines; alone it takes some seconds. */
const TIMEOUT_MS = 240_000;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'train-tiny-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const train = (name: string, onEvent: (event: TinyEvent) => void = () => undefined, signal?: AbortSignal) =>
  trainTinyFromNothing({
    runFolder: join(folder, name),
    cacheFolder: join(folder, 'cache'),
    dataFolder: join(folder, 'no-data'),
    config: smallConfig,
    clips: { train: 14, validation: 7 },
    renderThreads: 0,
    stepsScale: 0.0004,
    seed: 3,
    device: 'cpu',
    threads: 1,
    onEvent,
    ...(signal && { signal }),
  });

describe('trainTinyFromNothing', { timeout: TIMEOUT_MS }, () => {
  const events: TinyEvent[] = [];
  let modelFolder = '';
  beforeAll(async () => {
    ({ modelFolder } = await train('whole', (event) => events.push(event)));
  }, TIMEOUT_MS);

  it('goes through all stages, and says which data sets are not there', () => {
    const stages = events.flatMap((event) => (event.type === 'stage-end' ? [event.stage] : []));
    expect(stages).toEqual(tinyStages);
    const missing = events.flatMap((event) => (event.type === 'data-missing' ? [event.dataSet] : []));
    expect(missing).toContain('fer2013');
    expect(missing).toHaveLength(8);
  });

  it('judges each phase on held-out clips by the loss', () => {
    const verdicts = events.filter(({ type }) => type === 'validation-end') as Extract<
      TinyEvent,
      { type: 'validation-end' }
    >[];
    const fusion = verdicts.filter(({ phase }) => phase === 'understanding-fusion');
    expect(fusion.length).toBeGreaterThan(0);
    expect(fusion[0]?.metrics['rendered/mir.loss']).toBeGreaterThan(0);
    expect(fusion[0]?.score).toBeCloseTo(-(fusion[0]?.metrics.loss as number), 10);
  });

  it('leaves a run folder, and a model that answers about a clip', async () => {
    const kept = await readdir(join(folder, 'whole', 'curriculum'));
    expect(kept).toEqual(expect.arrayContaining(['config.json', 'curves', 'metrics.jsonl', 'model', 'report.html']));
    const model = await NanoEmoX.fromPretrained(modelFolder, { workers: 0 });
    try {
      const { tasks, modalities } = await model.analyze(sampleClip.path, {
        tasks: ['mer'],
        words: sampleClip.words,
        sampling: { maxNewTokens: 3 },
      });
      expect(tasks.mer?.text.length).toBeGreaterThan(0);
      expect(modalities).toEqual(['frame', 'face', 'audio', 'multi']);
    } finally {
      await model.dispose();
    }
  });

  it('continues a run that was stopped, stage by stage, to the same bits', async () => {
    for (const stop of ['face-encoder', 'language-model', 'understanding-fusion']) {
      const controller = new AbortController();
      const stopping = train(
        'stopped',
        (event) => {
          if (event.type === 'step-end' && event.phase === stop) controller.abort();
        },
        controller.signal,
      );
      await expect(stopping, stop).rejects.toMatchObject({ code: 'ABORTED' });
    }
    const continued = await train('stopped');
    for (const part of ['audio-encoder', 'face-encoder', 'language-model', 'video-adapter', 'fusion-experts']) {
      const [expected, received] = await Promise.all(
        [modelFolder, continued.modelFolder].map((model) => readFile(join(model, part, 'model.safetensors'))),
      );
      expect(received?.equals(expected as Buffer), part).toBe(true);
    }
  });

  it('lends its pretrained parts and features to a comparison, which pretrains nothing', async () => {
    const compare = (baseRun: string, seen: string[] = []) =>
      ablateTiny({
        baseRun: join(folder, baseRun),
        runFolder: join(folder, 'comparison'),
        cacheFolder: join(folder, 'cache'),
        config: smallConfig,
        clips: { train: 14, validation: 7 },
        renderThreads: 0,
        stepsScale: 0.0004,
        curricula: ['p2e', 'joint', 'reverse'],
        seeds: [1],
        limit: 1,
        sampling: { maxNewTokens: 3 },
        device: 'cpu',
        threads: 1,
        onEvent: ({ type }) => seen.push(type),
      });
    const features = async () => (await readdir(join(folder, 'whole', 'features'), { recursive: true })).sort();
    const before = await features();
    const seen: string[] = [];
    const { runs, verdicts } = await compare('whole', seen);
    expect(runs.map(({ name }) => name)).toEqual(['p2e', 'joint', 'reverse']);
    expect(verdicts).toHaveLength(3);
    expect(seen).not.toContain('stage-start');
    expect(seen.filter((type) => type === 'run-end')).toHaveLength(3);
    // Clips that the training drew are not encoded again; a comparison may draw others, and asks about one held out.
    expect(await features()).toEqual(expect.arrayContaining(before));
    const encoder = (model: string) => readFile(join(model, 'audio-encoder', 'model.safetensors'));
    const trained = await encoder(join(folder, 'comparison', 'p2e', 'seed-1', 'model'));
    expect(trained.equals(await encoder(modelFolder))).toBe(true);
    await expect(compare('never-trained')).rejects.toMatchObject({ code: 'MISSING_FILE' });
  });

  it('refuses a run folder with other settings', async () => {
    const other = trainTinyFromNothing({
      runFolder: join(folder, 'whole'),
      cacheFolder: join(folder, 'cache'),
      config: smallConfig,
      clips: { train: 14, validation: 7 },
      renderThreads: 0,
      stepsScale: 0.0008,
      seed: 3,
    });
    await expect(other).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      fields: expect.arrayContaining(['config.phase.steps']),
    });
  });
});

import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { phaseNames } from '@nano-emox/p2e';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallConfig } from '../__fixtures__/small-model';
import { createSmallModel, hasTokenizer, smallSource } from '../__fixtures__/small-source';
import { partsOfModel } from '../train/pretrained-folders';
import { ablate, ablationText } from './ablate';
import type { AblateOptions, AblationBase, AblationEvent } from './ablate-options';

const TIMEOUT_MS = 240_000;
const rates = { initial: 1e-3, minimum: 1e-4, warmup: 1e-5 };
const byPhase = <Value>(value: Value) =>
  Object.fromEntries(phaseNames.map((name) => [name, value])) as Record<(typeof phaseNames)[number], Value>;

describe.skipIf(!hasTokenizer)('ablate', { timeout: TIMEOUT_MS }, () => {
  let folder = '';
  let base: AblationBase;
  const events: AblationEvent[] = [];
  const compare = (options: Partial<AblateOptions> = {}) =>
    ablate({
      base,
      curricula: ['p2e', 'joint'],
      seeds: [1, 2],
      limit: 1,
      sampling: { maxNewTokens: 3 },
      runFolder: join(folder, 'runs'),
      device: 'cpu',
      threads: 1,
      onEvent: (event) => events.push(event),
      ...options,
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ablate-'));
    const model = await createSmallModel();
    await model.save(join(folder, 'base'));
    await model.dispose();
    base = {
      config: smallConfig,
      pretrained: partsOfModel(join(folder, 'base')),
      sources: [smallSource('clips', 6)],
      heldOut: smallSource('unseen', 3),
      mixtures: byPhase({ 'clips/mer': 1, 'clips/erg': 1 }),
      samples: { paraphrases: 'first' },
      scale: { batchSize: 2, warmupSteps: 0, steps: byPhase(1), learningRates: byPhase(rates) },
    };
  }, TIMEOUT_MS);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('trains every setting from every seed in equally many steps, and is not done twice', async () => {
    const report = await compare();
    expect(report.steps).toBe(4);
    expect(report.runs.map(({ name, seed }) => [name, seed])).toEqual([
      ['p2e', 1],
      ['p2e', 2],
      ['joint', 1],
      ['joint', 2],
    ]);
    const last = events.filter((event) => event.type === 'run-delta' && event.step === event.steps);
    expect(last).toHaveLength(4);
    expect(report.table.rows.map(({ name, runs }) => [name, runs])).toEqual([
      ['p2e', 2],
      ['joint', 2],
    ]);
    const first = ['ERG hit rate', 'perception average', 'perception without words'];
    expect(report.table.metrics.slice(0, 3)).toEqual(first);
    expect(new Set(report.scores.map(({ split }) => split))).toEqual(new Set(['held out', 'held out, without words']));
    expect(report.verdicts).toEqual([]); // nothing was run in reverse
    expect(ablationText(report)).toMatch(/^name +runs +ERG hit rate/);

    const [path, model] = [
      join(folder, 'runs', 'p2e', 'seed-1', 'scores.json'),
      join(folder, 'runs', 'p2e', 'seed-1', 'model'),
    ];
    const before = (await stat(path)).mtimeMs;
    events.length = 0;
    expect(await compare()).toEqual(report);
    expect((await stat(path)).mtimeMs).toBe(before);
    expect(events.map(({ type }) => type)).not.toContain('run-delta');

    const weights = await Promise.all(
      ['p2e', 'joint'].map((name) =>
        readFile(join(folder, 'runs', name, 'seed-1', 'model', 'video-adapter', 'model.safetensors')),
      ),
    );
    expect(weights[0]?.equals(weights[1] as Buffer)).toBe(false);
    expect((await stat(model)).isDirectory()).toBe(true);
    const html = await readFile(join(folder, 'runs', 'comparison.html'), 'utf8');
    expect(html).toContain('4 steps each');
  });

  it('says whether the order of the paper holds, when all three were run', async () => {
    const { verdicts, runs } = await compare({
      curricula: ['p2e', 'joint', 'reverse'],
      ablations: ['no-face'],
      seeds: [1],
    });
    expect(runs.map(({ name }) => name)).toEqual(['p2e', 'joint', 'reverse', 'no-face']);
    const compared = ['ERG hit rate', 'perception average', 'perception without words'];
    expect(verdicts.map(({ metric }) => metric)).toEqual(compared);
    for (const { pairs, holds, sentence } of verdicts) {
      expect(holds).toBe(pairs.every(({ difference }) => difference > 0));
      expect(sentence).toContain(holds ? 'holds' : 'does not hold');
    }
  });

  it('measures how evenly duplex attention attends, before training and after', async () => {
    const rows = ['attention-plain', 'attention-mask', 'attention-aligners', 'attention-duplex'];
    const options = { curricula: [], ablations: rows, seeds: [1], attentionClips: 1 };
    const { table, runs } = await compare(options);
    expect(runs.map(({ name }) => name)).toEqual(rows);
    const gaps = ['gap of text before', 'gap of text after', 'gap of visual before', 'gap of visual after'];
    expect(table.metrics.slice(-4)).toEqual(gaps);
    const before = runs.map(({ metrics }) => metrics['gap of visual before'] as number);
    for (const gap of before) expect(gap).toBeCloseTo(before[0] as number, 4); // all begin as the identity
    const after = runs.map(({ metrics }) => metrics['gap of visual after']);
    expect(new Set(after).size).toBe(rows.length);
    expect(existsSync(join(folder, 'runs', 'attention-duplex', 'seed-1', 'start'))).toBe(false);
    const phasesIn = async (...names: string[]) =>
      (await readdir(join(folder, 'runs', ...names, 'seed-1', 'checkpoints'))).map((name) => name.split('.')[0]);
    expect((await phasesIn('before-attention')).sort()).toEqual(phaseNames.slice(0, 3).sort());
    for (const row of rows) expect(await phasesIn(row)).toEqual(['empathy-multitask']);
    // Trained in two parts it is the model of one training: the run of the curriculum itself, of the same seed.
    await compare({ curricula: ['p2e'], seeds: [1] });
    const modelOf = (name: string) => readFile(join(folder, 'runs', name, 'seed-1', 'weights.safetensors'));
    expect((await modelOf('attention-plain')).equals(await modelOf('p2e'))).toBe(true);
    expect((await compare(options)).runs).toEqual(runs);
  });

  it('stops between steps and continues', async () => {
    const controller = new AbortController();
    const runFolder = join(folder, 'stopped');
    const options = { curricula: ['p2e'], seeds: [1], runFolder } as const;
    const stopping = compare({
      ...options,
      signal: controller.signal,
      onEvent: (event) => event.type === 'run-delta' && event.step === 2 && controller.abort(),
    });
    await expect(stopping).rejects.toMatchObject({ code: 'ABORTED' });
    const { runs } = await compare(options);
    const whole = (await compare()).runs.find(({ name, seed }) => name === 'p2e' && seed === 1);
    expect(runs[0]).toEqual(whole);
  });

  it.each([
    [{ curricula: ['backwards'] }, 'no backwards'],
    [{ ablations: ['no-ears'] }, 'no no-ears'],
    [{ curricula: [] }, 'nothing to compare'],
    [{ seeds: [1, 1] }, 'the seeds are 1, 1'],
  ])('refuses %j', async (options, message) => {
    await expect(compare(options as Partial<AblateOptions>)).rejects.toThrow(message);
  });
});

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openExecutor } from '@nano-emox/engine/runtime';
import { taskIds } from '@nano-emox/tasks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brief, createTinyModel, sampleClip, tokenizer } from '../__fixtures__/tiny-model';
import type { AnalysisEvent, AnalysisResult, EncodedClip } from '../index';
import { NanoEmoX, presets } from '../index';

/** What an analysis found, without how long it took. */
function findings({ tasks, gate, modalities, mode }: AnalysisResult) {
  const answers = Object.entries(tasks).map(([task, { durationMs: _, ...answer }]) => [task, answer]);
  return { answers: Object.fromEntries(answers), gate, modalities, mode };
}

let model: NanoEmoX;
let folder = '';
beforeAll(async () => {
  model = await createTinyModel();
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-model-'));
});
afterAll(async () => {
  await model.dispose();
  await rm(folder, { recursive: true, force: true });
});

describe('analyze', () => {
  const events: AnalysisEvent[] = [];
  let result: AnalysisResult;
  let clip: EncodedClip;

  beforeAll(async () => {
    const onEvent = (event: AnalysisEvent) => void events.push(event);
    result = await model.analyze(sampleClip, { words: 'I passed my exam!', sampling: { maxNewTokens: 12 }, onEvent });
    clip = await model.encode(sampleClip);
  });

  it('gives six outcomes of a clip with picture, face, voice and words', () => {
    expect(Object.keys(result.tasks)).toEqual(taskIds);
    for (const outcome of Object.values(result.tasks)) {
      expect(outcome.status).toMatch(/^(parsed|unparsed)$/);
      expect(outcome.text.length).toBeGreaterThan(0);
      expect(outcome.durationMs).toBeGreaterThan(0);
    }
    expect(result.modalities).toEqual(['frame', 'face', 'audio', 'multi']);
    expect(result.mode).toBe('multiface_audio_face_frame_text');
    expect(result.words).toBe('I passed my exam!');
    expect(result.model).toEqual({ preset: 'tiny', device: model.device });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('says what it saw and heard', () => {
    const { evidence, gate } = result;
    expect(evidence.video).toMatchObject({ width: 320, height: 320 });
    expect(evidence.video?.timesSeconds).toHaveLength(8);
    expect(evidence.voice?.rms).toBeGreaterThan(0.01);
    expect(evidence.face).toMatchObject({ frames: 8, framesWithFace: 8 });
    expect(evidence.face?.score).toBeGreaterThan(0.5);
    expect(gate).toHaveLength(3);
    expect(gate?.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
  });

  it('tells its events in order, with one total and progress that never falls', () => {
    const outline = events
      .filter(({ type }) => type !== 'task-delta')
      .map((event) => {
        if ('stage' in event) return `${event.type} ${event.stage}`;
        return 'task' in event ? `${event.type} ${event.task}` : event.type;
      });
    const around = (kind: string, names: readonly string[]) =>
      names.flatMap((name) => [`${kind}-start ${name}`, `${kind}-end ${name}`]);
    expect(outline).toEqual([
      ...around('stage', ['decode']),
      'clip-read',
      ...around('stage', ['scene', 'face', 'voice', 'fuse']),
      'clip-encoded',
      ...around('task', taskIds),
      'analysis-end',
    ]);
    const progress = events.flatMap((event) => ('progress' in event ? [event.progress] : []));
    expect(new Set(progress.map(({ total }) => total))).toEqual(new Set([11]));
    progress.forEach(({ completed }, index) => {
      expect(completed).toBeGreaterThanOrEqual(progress[index - 1]?.completed ?? 0);
    });
    expect(progress.at(-1)).toEqual({ completed: 11, total: 11 });
  });

  it('streams each answer whole', () => {
    for (const task of taskIds) {
      const deltas = events.flatMap((event) =>
        event.type === 'task-delta' && event.task === task ? [event.text] : [],
      );
      expect(deltas.join('')).toBe(result.tasks[task]?.text);
    }
    expect(events.at(-1)).toEqual({ type: 'analysis-end', result });
  });

  it('answers an encoded clip as it answers the file', async () => {
    const options = { words: 'I passed my exam!', sampling: { maxNewTokens: 12 } };
    expect(findings(await model.analyze(clip, options))).toEqual(findings(result));
    expect(findings(await model.analyze(clip, options))).toEqual(findings(result));
  });

  it('asks only what it is asked to', async () => {
    const { tasks, timingsMs } = await model.analyze(clip, { tasks: ['mir', 'mer', 'mir'], sampling: brief });
    expect(Object.keys(tasks)).toEqual(['mir', 'mer']);
    expect(Object.keys(timingsMs)).toEqual(['mir', 'mer', 'total']);
    await expect(model.analyze(clip, { tasks: [] })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(model.analyze(clip, { tasks: ['mood' as 'mer'] })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('mood'),
    });
  });

  it('runs several analyses at a time without mixing them', async () => {
    const ask = (words: string) => model.analyze(clip, { words, tasks: ['mer', 'mir'], sampling: brief });
    const alone = [findings(await ask('Go away.')), findings(await ask('How lovely!'))];
    const [first, second] = await Promise.all([ask('Go away.'), ask('How lovely!')]);
    expect([findings(first as AnalysisResult), findings(second as AnalysisResult)]).toEqual(alone);
  });

  it('gives the same answers after it was saved and loaded', async () => {
    await model.save(folder);
    expect((await readdir(folder)).sort()).toEqual([
      'audio-adapter',
      'audio-encoder',
      'config.json',
      'face-encoder',
      'fusion-experts',
      'language-model',
      'scene-encoder',
      'video-adapter',
    ]);
    const loaded = await NanoEmoX.fromPretrained(folder);
    expect(loaded.config).toEqual(model.config);
    const again = await loaded.analyze(sampleClip, { words: 'I passed my exam!', sampling: { maxNewTokens: 12 } });
    await loaded.dispose();
    expect(findings(again)).toEqual(findings(result));
  });
});

describe('fromPretrained', () => {
  it('refuses what is not a whole model', async () => {
    await model.save(folder);
    await expect(NanoEmoX.fromPretrained(join(folder, 'absent'))).rejects.toMatchObject({ code: 'MISSING_FILE' });
    await expect(NanoEmoX.fromPretrained(join(folder, 'face-encoder'))).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      field: 'component',
    });
    const path = join(folder, 'config.json');
    const config = JSON.parse(await readFile(path, 'utf8')) as object;
    await writeFile(path, JSON.stringify({ ...config, formatVersion: 2 }));
    await expect(NanoEmoX.fromPretrained(folder)).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      field: 'formatVersion',
    });
  });

  it('frees the parts already open when one fails', async () => {
    await model.save(folder);
    const executor = await openExecutor({ workers: 0 });
    await writeFile(join(folder, 'fusion-experts', 'model.safetensors'), 'broken');
    await expect(NanoEmoX.fromPretrained(folder, { executor })).rejects.toMatchObject({ code: 'INVALID_FILE' });
    expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
    await executor.dispose();
  });
});

describe('dispose', () => {
  it('frees everything, may come twice, and is told to later callers', async () => {
    const executor = await openExecutor({ workers: 0 });
    const short = await NanoEmoX.create(presets.tiny, { tokenizer, executor });
    await short.warmUp();
    expect(executor.usage().sessions).toBe(7);
    await Promise.all([short.dispose(), short.dispose()]);
    expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
    await expect(short.analyze(sampleClip)).rejects.toMatchObject({ code: 'DISPOSED' });
    await expect(short.encode(sampleClip)).rejects.toMatchObject({ code: 'DISPOSED' });
    await expect(short.respond({ history: [], input: 'Hello' }).next()).rejects.toMatchObject({ code: 'DISPOSED' });
    await expect(short.save(folder)).rejects.toMatchObject({ code: 'DISPOSED' });
    await executor.dispose();
  });
});

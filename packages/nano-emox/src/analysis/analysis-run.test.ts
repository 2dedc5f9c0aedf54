import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Executor, Random } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { writeClip } from '@nano-emox/media';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brief, createTinyModel, sampleClip } from '../__fixtures__/tiny-model';
import type { AnalysisEvent, EncodedClip, NanoEmoX } from '../index';

let executor: Executor;
let model: NanoEmoX;
let clip: EncodedClip;
let folder = '';
beforeAll(async () => {
  executor = await openExecutor({ workers: 1 });
  model = await createTinyModel({ executor });
  clip = await model.encode(sampleClip);
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-clips-'));
});
afterAll(async () => {
  await model.dispose();
  await executor.dispose();
  await rm(folder, { recursive: true, force: true });
});

const mer = { tasks: ['mer'], sampling: brief } as const;

describe('AnalysisRun', () => {
  it('runs once, however often it is awaited', async () => {
    let ends = 0;
    const run = model.analyze(clip, { ...mer, onEvent: ({ type }) => void (type === 'analysis-end' && ends++) });
    const first = await run;
    expect(await run).toBe(first);
    expect(await Promise.all([run, run])).toEqual([first, first]);
    expect(ends).toBe(1);
  });

  it('can be iterated and then awaited', async () => {
    const run = model.analyze(clip, mer);
    const events: AnalysisEvent[] = [];
    for await (const event of run) events.push(event);
    expect(events.at(-1)).toEqual({ type: 'analysis-end', result: await run });
  });

  it('shows the clip as it was read, then as it was encoded, and not a clip that was encoded before', async () => {
    const events: AnalysisEvent[] = [];
    const onEvent = (event: AnalysisEvent) => void events.push(event);
    const { evidence, gate } = await model.analyze(sampleClip, { ...mer, onEvent });
    const types = events.map((event) => (event.type === 'stage-end' ? `${event.stage} ends` : event.type));
    expect(types.filter((type) => /^clip|ends$/.test(type))).toEqual([
      ...['decode ends', 'clip-read', 'scene ends', 'face ends', 'voice ends', 'fuse ends', 'clip-encoded'],
    ]);
    const read = events.find(({ type }) => type === 'clip-read');
    expect(read).toMatchObject({ evidence, frames: { type: 'uint8', dims: [8, 3, 64, 64] } });
    const encoded = events.find((event) => event.type === 'clip-encoded');
    expect(encoded?.clip).toMatchObject({ evidence, gate });

    events.length = 0;
    await model.analyze(encoded!.clip, { ...mer, onEvent });
    expect(events.filter(({ type }) => type.startsWith('clip'))).toEqual([]);
  });

  it('does not begin before somebody asks', async () => {
    const events: AnalysisEvent[] = [];
    model.analyze(clip, { ...mer, onEvent: (event) => void events.push(event) });
    await sleep(50);
    expect(events).toEqual([]);
  });

  it('stops when the loop is left, also while the clip is read, and tells those who wait', async () => {
    const events: AnalysisEvent[] = [];
    const run = model.analyze(sampleClip, { ...mer, onEvent: (event) => void events.push(event) });
    for await (const event of run) if (event.type === 'stage-start' && event.stage === 'scene') break;
    await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
    const told = events.length;
    await sleep(300);
    expect(events).toHaveLength(told);
    expect(events.at(-1)).toMatchObject({ type: 'stage-start', stage: 'scene' });
  });

  it('frees the cache of an answer that is left in the middle', async () => {
    const before = executor.usage();
    for await (const event of model.analyze(clip, { tasks: ['erg'] })) if (event.type === 'task-delta') break;
    expect(executor.usage()).toEqual(before);
  });

  it.each([
    ['before it begins', () => AbortSignal.abort(), sampleClip],
    ['while the clip is read', () => AbortSignal.timeout(20), sampleClip],
  ])('ends as aborted when the signal fires %s', async (_, signal, source) => {
    await expect(model.analyze(source, { ...mer, signal: signal() })).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('ends as aborted when the signal fires in the middle of an answer, and the model goes on', async () => {
    const abort = new AbortController();
    const before = executor.usage();
    const onEvent = ({ type }: AnalysisEvent) => void (type === 'task-delta' && abort.abort());
    const run = model.analyze(clip, { tasks: ['mer', 'erg'], onEvent, signal: abort.signal });
    await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
    expect(executor.usage()).toEqual(before);
    expect((await model.analyze(clip, mer)).tasks.mer).toBeDefined();
  });

  it('gives errors to the loop and to the promise alike', async () => {
    const run = model.analyze(join(folder, 'absent.mp4'), mer);
    const read = async () => {
      for await (const _ of run);
    };
    await expect(read()).rejects.toMatchObject({ code: 'MISSING_FILE' });
    await expect(run).rejects.toMatchObject({ code: 'MISSING_FILE' });
    await expect(model.analyze(Uint8Array.of(1, 2, 3), mer)).rejects.toMatchObject({ code: 'INVALID_MEDIA' });
  });

  it('leaves the event loop free', async () => {
    let ticks = 0;
    let longestMs = 0;
    let lastMs = performance.now();
    const timer = setInterval(() => {
      ticks++;
      longestMs = Math.max(longestMs, performance.now() - lastMs);
      lastMs = performance.now();
    }, 5);
    const startedMs = performance.now();
    await model.analyze(clip, { tasks: ['mer', 'erg'], sampling: { maxNewTokens: 24 } });
    const elapsedMs = performance.now() - startedMs;
    clearInterval(timer);
    // A blocked loop would tick once for each token at most, and stand still for the time of the prompt.
    expect(ticks).toBeGreaterThan(elapsedMs / 5 / 5);
    expect(longestMs).toBeLessThan(elapsedMs / 4);
  });
});

describe('a clip that lacks something', () => {
  const seconds = 2;
  const random = new Random(1);
  const samples = new Float32Array(seconds * 16_000).map((_, index) => 0.3 * Math.sin(index / 15) * random.uniform());
  /** A plain gradient: a scene without a face. */
  const pictures = Array.from({ length: seconds * 10 }, (_, frame) =>
    Uint8Array.from({ length: 64 * 64 * 3 }, (_, index) => (index + 7 * frame) % 200),
  );
  const video = { frames: pictures, fps: 10, width: 64, height: 64 };
  const cases = [
    ['sound alone', { samples }, ['audio'], 'audio_text', ['decode', 'voice']],
    ['pictures alone, without a face', video, ['frame'], 'frame_text', ['decode', 'scene']],
    [
      'pictures without a face, and sound',
      { ...video, samples },
      ['frame', 'audio', 'multi'],
      'multiframe_audio_frame_text',
      ['decode', 'scene', 'voice', 'fuse'],
    ],
  ] as const;

  it.each(cases)('is asked in the mode that fits: %s', async (name, content, modalities, mode, stages) => {
    const path = join(folder, `${name.replaceAll(/\W/g, '-')}.mp4`);
    await writeClip(path, content);
    const events: AnalysisEvent[] = [];
    const result = await model.analyze(path, { ...mer, onEvent: (event) => void events.push(event) });
    expect([result.modalities, result.mode]).toEqual([modalities, mode]);
    expect(result.gate !== undefined).toBe(modalities.length === 3);
    expect(events.flatMap((event) => (event.type === 'stage-end' ? [event.stage] : []))).toEqual(stages);
    const progress = events.flatMap((event) => ('progress' in event ? [event.progress] : []));
    expect(new Set(progress.map(({ total }) => total))).toEqual(new Set([6]));
    expect(progress.at(-1)?.completed).toBe(6);
    expect(result.tasks.mer?.status).toBe('unparsed');
  });

  it('needs no face where the configuration shows whole frames', async () => {
    const wholeFrame = await model.encode(sampleClip, { media: { faceCrop: 'whole-frame' } });
    expect(wholeFrame.evidence.face).toMatchObject({ framesWithFace: 8, frames: 8, crops: [] });
    expect(wholeFrame.modalities).toContain('face');
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveHeadConfig, resolvePerceptionConfig } from '@nano-emox/distillation';
import { openExecutor } from '@nano-emox/engine/runtime';
import { frameSize } from '@nano-emox/face-encoder';
import { loadClip, writeClip } from '@nano-emox/media';
import { buildPrompt, candidateDistribution, candidateTargets, labelSets } from '@nano-emox/tasks';
import type { FloatTensor, HostTensor, SoftTokens } from '@nano-emox/tensor-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brief, createTinyModel, hasTrainedModel, sampleClip, trainedModelFolder } from '../__fixtures__/tiny-model';
import { type AnalysisEvent, type EmotionMoment, type EncodedClip, NanoEmoX, presets } from '../index';

async function listOf(moments: AsyncIterable<EmotionMoment>): Promise<readonly EmotionMoment[]> {
  const list: EmotionMoment[] = [];
  for await (const moment of moments) list.push(moment);
  return list;
}

/** Times meet and cover `seconds`; probabilities are some of `labels` and say what the emotion is. */
function expectTimeline(moments: readonly EmotionMoment[], seconds: number, labels: readonly string[]): void {
  expect(moments).toHaveLength(8);
  expect(moments[0]?.startSeconds).toBe(0);
  expect(moments.at(-1)?.endSeconds).toBeCloseTo(seconds, 9);
  moments.forEach(({ startSeconds, endSeconds, emotion, probabilities }, index) => {
    expect(endSeconds).toBeGreaterThan(startSeconds);
    expect(moments[index + 1]?.startSeconds ?? endSeconds).toBeCloseTo(endSeconds, 9);
    expect(Object.keys(probabilities)).toEqual(labels);
    expect(Object.values(probabilities).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    expect(probabilities[emotion]).toBe(Math.max(...Object.values(probabilities)));
  });
  expect(JSON.parse(JSON.stringify(moments))).toEqual(moments);
}

/** One step of `[steps, …]`, again and again, as a batch of one: `[1, times, …]`. */
function repeated<T extends HostTensor>({ type, dims, data }: T, step: number, times: number): HostTensor {
  const size = data.length / (dims[0] as number);
  const row = data.subarray(step * size, (step + 1) * size);
  const whole = data.slice(0, 0);
  const repeats = new (whole.constructor as Float32ArrayConstructor)(size * times);
  for (let index = 0; index < times; index++) repeats.set(row as Float32Array, index * size);
  return { type, dims: [1, times, ...dims.slice(1)], data: repeats } as HostTensor;
}

const batchOfOne = (steps: HostTensor): HostTensor => ({ ...steps, dims: [1, ...steps.dims] });
const stepsOf = (batch: HostTensor): HostTensor => ({ ...batch, dims: batch.dims.slice(1) });

const trained = `with trained weights${hasTrainedModel ? '' : ' (skipped while packages/weights-tiny has no trained model)'}`;

describe.skipIf(!hasTrainedModel)(trained, () => {
  let model: NanoEmoX;
  let clip: EncodedClip;
  let moments: readonly EmotionMoment[];
  beforeAll(async () => {
    model = await NanoEmoX.fromPretrained(trainedModelFolder);
    clip = await model.encode(sampleClip);
    moments = await listOf(model.timeline(clip));
  });
  afterAll(() => model?.dispose());

  it('tells how the emotion goes along the sample clip', () => {
    const { video, voice } = clip.evidence;
    const seconds = Math.max(video?.durationSeconds ?? 0, voice?.durationSeconds ?? 0);
    expectTimeline(moments, seconds, labelSets.sevenEmotions);
    for (const [index, { faceFound, frame, modalities }] of moments.entries()) {
      expect([faceFound, frame]).toEqual([true, index]);
      expect(modalities).toEqual(['frame', 'face', 'audio', 'multi']);
    }
    expect(new Set(moments.map(({ probabilities }) => probabilities.happy)).size).toBe(8);
    // Each frame lies in its moment.
    video?.timesSeconds.forEach((seconds, index) => {
      expect(seconds).toBeGreaterThanOrEqual((moments[index] as EmotionMoment).startSeconds - 0.05);
      expect(seconds).toBeLessThan((moments[index] as EmotionMoment).endSeconds);
    });
  });

  it('says of a moment what the model says of a clip that is this moment throughout', async () => {
    const { components, config } = model;
    const { video, audio } = await loadClip(sampleClip, {
      faceCrop: 'detect',
      frameSizePx: config.sceneEncoder.imageSize,
      faceSizePx: frameSize(config.faceEncoder)[0],
    });
    const step = 5;
    const frames = repeated(video?.frames as HostTensor, step, 8);
    const scene = await components.sceneEncoder.encode(frames);
    // A piece of sound is heard beside the others of its clip; what was heard of it is what comes again.
    const heard = await components.audioEncoder.encode(batchOfOne(audio?.clips as HostTensor));
    const face = await components.faceEncoder.encode(repeated(video?.faceFrames as HostTensor, step, 8));
    if (!heard.levels) throw new Error('no levels');
    const voice = {
      features: repeated(stepsOf(heard.features), step, 8) as FloatTensor,
      levels: repeated(stepsOf(heard.levels), step, 8) as FloatTensor,
    };
    const fused = await components.fusion.fuse({ audio: voice.levels, scene: scene.levels });
    const softTokens: SoftTokens[] = [
      await components.videoAdapter.adapt(scene.features),
      { modality: 'face', embeddings: face.tokens },
      await components.audioAdapter.adapt(voice.features),
      { modality: 'multi', embeddings: fused.embeddings },
    ];
    const prompt = buildPrompt('mer', { mode: 'multiface_audio_face_frame_text', subtitle: '', candidates: false });
    const targets = candidateTargets('mer');
    const scores = await components.languageModel.score(
      prompt,
      softTokens,
      targets.map(({ text }) => text),
    );
    const direct = candidateDistribution(
      targets.map(({ label }, index) => ({ label, ...(scores[index] as (typeof scores)[0]) })),
    );
    for (const { label, probability } of direct) {
      expect(moments[step]?.probabilities[label]).toBeCloseTo(probability, 4);
    }
  });
});

describe('the timeline of a model with fresh weights', () => {
  let model: NanoEmoX;
  let clip: EncodedClip;
  let folder = '';
  beforeAll(async () => {
    model = await createTinyModel({ workers: 0 });
    clip = await model.encode(sampleClip);
    folder = await mkdtemp(join(tmpdir(), 'nano-emox-timeline-'));
  });
  afterAll(async () => {
    await model.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const seconds = 3;
  const samples = Float32Array.from(
    { length: seconds * 16_000 },
    (_, index) => 0.3 * Math.sin(index / (9 + index / 9e3)),
  );
  const video = {
    frames: Array.from({ length: 30 }, (_, frame) =>
      Uint8Array.from({ length: 64 * 64 * 3 }, (_, index) => (index + 7 * frame) % 200),
    ),
    fps: 10,
    width: 64,
    height: 64,
  };

  it.each([
    ['sound alone', { samples }, ['audio']],
    ['pictures alone', video, ['frame']],
    ['pictures without a face, and sound', { ...video, samples }, ['frame', 'audio', 'multi']],
  ] as const)('knows what a clip of %s offers', async (name, content, modalities) => {
    const path = join(folder, `${name.replaceAll(/\W/g, '-')}.mp4`);
    await writeClip(path, content);
    const encoded = await model.encode(path);
    const { video: seen, voice } = encoded.evidence;
    const length = Math.max(seen?.durationSeconds ?? 0, voice?.durationSeconds ?? 0);
    const moments = await listOf(model.timeline(encoded));
    expectTimeline(moments, length, labelSets.sevenEmotions);
    expect(length).toBeCloseTo(seconds, 0);
    for (const moment of moments) expect(moment).toMatchObject({ faceFound: false, modalities });
    expect(moments.every(({ frame }) => (frame === undefined) === (seen === undefined))).toBe(true);
  });

  it('leaves out the face of a frame without one, and what has ended', async () => {
    const face = clip.evidence.face as NonNullable<EncodedClip['evidence']['face']>;
    const crops = face.crops.map((crop, frame) => (frame === 2 ? { ...crop, faceFound: false } : crop));
    const evidence = { ...clip.evidence, face: { ...face, crops }, voice: { durationSeconds: 1, rms: 0.1 } };
    const moments = await listOf(model.timeline({ ...clip, evidence }));
    expect(moments.map(({ faceFound }) => faceFound)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((frame) => frame !== 2));
    expect(moments[2]?.modalities).not.toContain('face');
    expect(moments.at(-1)?.modalities).toEqual(['frame', 'face']);
  });

  it('is part of an analysis where that is asked for: its events come last, and nothing is read twice', async () => {
    const events: AnalysisEvent[] = [];
    const onEvent = (event: AnalysisEvent) => void events.push(event);
    const result = await model.analyze(sampleClip, { tasks: ['mer'], sampling: brief, timeline: true, onEvent });
    expect(result.timeline).toEqual(await listOf(model.timeline(clip)));
    const types = events.map(({ type }) => type);
    expect(types.slice(types.indexOf('timeline-start'))).toEqual([
      'timeline-start',
      ...Array(8).fill('timeline-moment'),
      'timeline-end',
      'analysis-end',
    ]);
    expect(types.filter((type) => type === 'clip-encoded')).toHaveLength(1);
    expect(events.at(-2)).toMatchObject({ moments: result.timeline, progress: { completed: 7, total: 7 } });
    expect(result.timingsMs.timeline).toBeGreaterThan(0);
    expect((await model.analyze(clip, { tasks: ['mer'], sampling: brief })).timeline).toBeUndefined();
  });

  it('reads a file where none was encoded', async () => {
    expect(await listOf(model.timeline(join(folder, 'sound-alone.mp4')))).toHaveLength(8);
  });

  it('takes labels of the caller', async () => {
    const candidates = ['calm', 'tense'];
    for (const { emotion, probabilities } of await listOf(model.timeline(clip, { candidates }))) {
      expect(Object.keys(probabilities)).toEqual(candidates);
      expect(candidates).toContain(emotion);
    }
  });

  it('refuses a clip that does not hold what was said of each frame, before it asks anything', async () => {
    const { features: _, ...without } = clip;
    const refusal = { code: 'INVALID_ARGUMENT', argument: 'source' };
    await expect(listOf(model.timeline(without))).rejects.toMatchObject(refusal);
    const types: string[] = [];
    const onEvent = ({ type }: AnalysisEvent) => void types.push(type);
    await expect(model.analyze(without, { timeline: true, onEvent })).rejects.toMatchObject(refusal);
    expect(types).toEqual([]);
  });

  it('lets the head decide as it does on the whole clip, where it sees what it reads', async () => {
    const head = { featureDim: presets.tiny.faceEncoder.headWidth, labels: labelSets.sevenEmotions, widths: [8] };
    const perceptionHead = resolvePerceptionConfig({ reads: 'face', head: resolveHeadConfig(head) });
    const decisive = await createTinyModel({ workers: 0 }, { ...presets.tiny, perceptionHead });
    const seen = await decisive.encode(sampleClip);
    const moments = await listOf(decisive.timeline(seen));
    const alone = await listOf(decisive.timeline(seen, { perceptionHead: false }));
    expectTimeline(moments, moments.at(-1)?.endSeconds as number, labelSets.sevenEmotions);
    for (const [index, moment] of moments.entries()) {
      const features = { ...(seen.features?.face as HostTensor<'float32'>) };
      const width = features.dims[2] as number;
      const row = { ...features, dims: [1, width], data: features.data.slice(index * width, (index + 1) * width) };
      const [decided] = await (
        decisive.components.perceptionHead as NonNullable<typeof decisive.components.perceptionHead>
      ).decide(row, [alone[index]?.emotion]);
      expect(moment.decidedBy).toBe(decided?.decidedBy);
      expect(moment.emotion).toBe(decided?.label);
      for (const [label, share] of Object.entries(decided?.probabilities ?? {})) {
        expect(moment.probabilities[label]).toBeCloseTo(share, 6);
      }
      expect(alone[index]?.decidedBy).toBeUndefined();
    }
    const faceless = seen.evidence.face?.crops.map((crop) => ({ ...crop, faceFound: false })) ?? [];
    const face = { framesWithFace: 0, frames: 8, crops: faceless };
    for (const moment of await listOf(decisive.timeline({ ...seen, evidence: { ...seen.evidence, face } }))) {
      expect(moment.decidedBy).toBeUndefined();
    }
    const refusal = { code: 'INVALID_ARGUMENT', argument: 'candidates' };
    await expect(listOf(decisive.timeline(seen, { candidates: ['a', 'b'] }))).rejects.toMatchObject(refusal);
    await decisive.dispose();
  });
});

describe('a timeline that is not read to its end', () => {
  it('stops between moments when aborted or left, keeps nothing open, and needs a live model', async () => {
    const executor = await openExecutor({ workers: 1 });
    const model = await createTinyModel({ executor });
    const clip = await model.encode(sampleClip);
    await listOf(model.timeline(clip)); // all parts are compiled
    const before = executor.usage();
    const abort = new AbortController();
    let told = 0;
    const read = async () => {
      for await (const _ of model.timeline(clip, { signal: abort.signal })) if (++told === 2) abort.abort();
    };
    await expect(read()).rejects.toMatchObject({ code: 'ABORTED' });
    expect(told).toBe(2);
    await expect(listOf(model.timeline(sampleClip, { signal: AbortSignal.abort() }))).rejects.toMatchObject({
      code: 'ABORTED',
    });
    for await (const _ of model.timeline(clip)) break;
    expect(executor.usage()).toEqual(before);
    await model.dispose();
    expect(executor.usage().sessions).toBe(0);
    await expect(listOf(model.timeline(clip))).rejects.toMatchObject({ code: 'DISPOSED' });
    await executor.dispose();
  });
});

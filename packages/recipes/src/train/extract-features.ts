import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AudioEncoder } from '@nano-emox/audio-encoder';
import { type Executor, Random } from '@nano-emox/engine';
import { componentFromWeights, readModelFolder } from '@nano-emox/engine/runtime';
import { readSafetensors, writeSafetensors } from '@nano-emox/engine/weights';
import { faceFeaturesModule, resolveConfig as resolveFaceConfig } from '@nano-emox/face-encoder';
import { cutClips } from '@nano-emox/media';
import { SceneEncoder } from '@nano-emox/scene-encoder';
import type { FloatTensor, HostTensor } from '@nano-emox/tensor-contract';
import { presets } from 'nano-emox';
import type { ClipFeatures } from 'nano-emox/training';
import { drawFace, noChange, sampleFaceJitter } from '../data/face-batch';
import { type FaceSet, loadFaces } from '../data/faces';
import { framesPerClip, loadRendered, type RenderedItem, type RenderedSet } from '../data/rendered';
import { drawFrame, faceWindow } from '../data/rendered-faces';
import { plainVoice, playVoice } from '../data/voice-batch';
import { loadVoices, type VoiceSet } from '../data/voices';

const SIZE = presets.tiny.sceneEncoder.imageSize;
const CLIP_SAMPLES = 32_000;
const CLIPS = presets.tiny.input.clips;

/** The frozen encoders of a run. */
export interface FrozenEncoders {
  face(frames: HostTensor): Promise<FloatTensor>;
  scene(frames: HostTensor): Promise<{ features: FloatTensor; levels: FloatTensor }>;
  audio(samples: HostTensor): Promise<{ features: FloatTensor; levels: FloatTensor }>;
  dispose(): Promise<void>;
}

/** Opens the encoders that the pretraining stages left in `runFolder`. */
export async function openEncoders(runFolder: string, executor: Executor): Promise<FrozenEncoders> {
  const model = (type: string) => join(runFolder, type, 'model');
  const faceFolder = await readModelFolder(model('face-encoder'));
  const { component: _, formatVersion: __, ...faceConfig } = faceFolder.config;
  const definition = { type: 'face-features', module: faceFeaturesModule, resolveConfig: resolveFaceConfig };
  const face = await componentFromWeights(definition, faceConfig, faceFolder.weights, { executor });
  const scene = await SceneEncoder.fromPretrained(model('scene-encoder'), { executor });
  const audio = await AudioEncoder.fromPretrained(model('audio-encoder'), { executor });
  return {
    face: async (frames) => (await face.run({ frames })).features as FloatTensor,
    scene: (frames) => scene.encode(frames) as Promise<{ features: FloatTensor; levels: FloatTensor }>,
    audio: (samples) => audio.encode(samples) as Promise<{ features: FloatTensor; levels: FloatTensor }>,
    dispose: async () => {
      await Promise.all([face.dispose(), scene.dispose(), audio.dispose()]);
    },
  };
}

/** Features of a set, by item. */
export interface FeatureSet {
  readonly count: number;
  get(index: number): ClipFeatures;
}

const frameTensor = (data: Uint8Array, frames: number): HostTensor => ({
  type: 'uint8',
  dims: [1, frames, 3, SIZE, SIZE],
  data,
});
const soundTensor = (data: Float32Array, clips: number): HostTensor => ({
  type: 'float32',
  dims: [1, clips, CLIP_SAMPLES],
  data,
});

/** A rendered clip as the model will see it: whole frames, the face where a detector would crop it, eight stretches of sound. */
async function renderedFeatures(encoders: FrozenEncoders, item: RenderedItem): Promise<ClipFeatures> {
  const area = 3 * SIZE * SIZE;
  const faces = new Uint8Array(framesPerClip * area);
  for (let frame = 0; frame < framesPerClip; frame++) {
    drawFrame(item, frame, { window: faceWindow(item) }, SIZE, faces.subarray(frame * area, (frame + 1) * area));
  }
  const clips = cutClips(item.samples, { clips: CLIPS, clipSamples: CLIP_SAMPLES });
  const [face, scene, audio] = [
    await encoders.face(frameTensor(faces, framesPerClip)),
    await encoders.scene(frameTensor(item.frames, framesPerClip)),
    await encoders.audio({ ...clips, dims: [1, ...clips.dims] }),
  ];
  return {
    face: face.data,
    scene: scene.features.data,
    sceneLevels: scene.levels.data,
    audio: audio.features.data,
    audioLevels: audio.levels.data,
  };
}

/** A recording of at most two seconds: all eight stretches are the same, so one is computed. */
async function voiceFeatures(encoders: FrozenEncoders, voices: VoiceSet, index: number): Promise<ClipFeatures> {
  const samples = new Float32Array(CLIP_SAMPLES);
  playVoice(voices.samples.subarray(voices.offsets[index], voices.offsets[index + 1]), plainVoice, samples);
  const { features, levels } = await encoders.audio(soundTensor(samples, 1));
  return { audio: repeated(features.data, CLIPS), audioLevels: repeated(levels.data, CLIPS) };
}

/** One picture as a clip whose frames differ by a little jitter: two are computed and alternate. */
async function faceFeatures(
  encoders: FrozenEncoders,
  faces: FaceSet,
  index: number,
  random: Random,
): Promise<ClipFeatures> {
  const area = 3 * SIZE * SIZE;
  const frames = new Uint8Array(2 * area);
  drawFace(faces, index, noChange, SIZE, frames, 0);
  drawFace(faces, index, sampleFaceJitter(random), SIZE, frames, area);
  const tensor = frameTensor(frames, 2);
  const { features, levels } = await encoders.scene(tensor);
  const times = framesPerClip / 2;
  return {
    face: repeated((await encoders.face(tensor)).data, times),
    scene: repeated(features.data, times),
    sceneLevels: repeated(levels.data, times),
  };
}

function repeated(values: Float32Array, times: number): Float32Array {
  const result = new Float32Array(values.length * times);
  for (let copy = 0; copy < times; copy++) result.set(values, copy * values.length);
  return result;
}

/** Features of one set, computed once and kept in a file. */
async function cachedFeatures(
  path: string,
  count: number,
  compute: (index: number) => Promise<ClipFeatures>,
): Promise<FeatureSet> {
  const tensors = await readSafetensors(path).then(
    (file) => file.tensors,
    async () => {
      const collected = await collect(count, compute);
      await writeSafetensors(path, collected);
      return collected;
    },
  );
  return {
    count,
    get: (index) =>
      Object.fromEntries(
        [...tensors].map(([name, { dims, data }]) => {
          const size = dims[1] as number;
          return [name, (data as Float32Array).subarray(index * size, (index + 1) * size)];
        }),
      ) as ClipFeatures,
  };
}

async function collect(
  count: number,
  compute: (index: number) => Promise<ClipFeatures>,
): Promise<Map<string, FloatTensor>> {
  const tensors = new Map<string, FloatTensor>();
  for (let index = 0; index < count; index++) {
    for (const [name, values] of Object.entries(await compute(index)) as [string, Float32Array][]) {
      if (!tensors.has(name)) {
        tensors.set(name, {
          type: 'float32',
          dims: [count, values.length],
          data: new Float32Array(count * values.length),
        });
      }
      tensors.get(name)?.data.set(values, index * values.length);
    }
  }
  return tensors;
}

/** Features of all media of the curriculum, training part. Voices and faces are cut to what the short phases can see. */
export async function loadFeatures(
  options: { readonly cacheFolder: string; readonly runFolder: string; readonly seed: number },
  executor: Executor,
): Promise<{
  readonly rendered: RenderedSet;
  readonly voices: VoiceSet;
  readonly faces: FaceSet;
  readonly features: Record<'rendered' | 'voice' | 'face', FeatureSet>;
}> {
  const { cacheFolder, runFolder, seed } = options;
  const rendered = (await loadRendered({ cacheFolder })).train;
  const voices = firstShuffled((await loadVoices({ cacheFolder })).train, VOICES, seed, (set, indices) => ({
    ...set,
    count: indices.length,
    labels: Uint8Array.from(indices, (index) => set.labels[index] as number),
  }));
  const faces = firstShuffled((await loadFaces({ cacheFolder })).train, FACES, seed, (set, indices) => ({
    ...set,
    count: indices.length,
    labels: Uint8Array.from(indices, (index) => set.labels[index] as number),
  }));
  const folder = join(runFolder, 'features');
  await mkdir(folder, { recursive: true });
  const encoders = await openEncoders(runFolder, executor);
  try {
    const random = new Random(seed);
    const path = (name: string) => join(folder, `${name}.safetensors`);
    const features = {
      rendered: await cachedFeatures(path('rendered'), rendered.count, (index) =>
        renderedFeatures(encoders, rendered.get(index)),
      ),
      voice: await cachedFeatures(path('voice'), voices.set.count, (index) =>
        voiceFeatures(encoders, voices.source, voices.indices[index] as number),
      ),
      face: await cachedFeatures(path('face'), faces.set.count, (index) =>
        faceFeatures(encoders, faces.source, faces.indices[index] as number, random),
      ),
    };
    return { rendered, voices: voices.set, faces: faces.set, features };
  } finally {
    await encoders.dispose();
  }
}

const VOICES = 1500;
const FACES = 2000;

function firstShuffled<Set extends { readonly count: number }>(
  source: Set,
  limit: number,
  seed: number,
  choose: (set: Set, indices: number[]) => Set,
) {
  const order = new Random(seed).shuffle(Array.from({ length: source.count }, (_, index) => index));
  const indices = order.slice(0, limit);
  return { source, indices, set: choose(source, indices) };
}

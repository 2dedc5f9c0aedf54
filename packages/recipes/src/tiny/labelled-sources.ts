import { deriveSeed, Random } from '@nano-emox/engine';
import { frameSize } from '@nano-emox/face-encoder';
import { contentHashOf, FeatureCache, producerOf } from '@nano-emox/p2e';
import { labelSets, type ModalityMode } from '@nano-emox/tasks';
import type { EmotionSampleRow } from '@nano-emox/tasks/datasets';
import type { FloatTensor, HostTensor, RunOptions } from '@nano-emox/tensor-contract';
import { drawFace, noChange, sampleFaceJitter } from '../data/face-batch';
import type { FaceSet } from '../data/faces';
import { plainVoice, playVoice } from '../data/voice-batch';
import type { VoiceSet } from '../data/voices';
import type { EmotionSource } from '../sources/emotion-source';
import { clipFeatures } from '../sources/frozen-encoders';
import { stretchSamples, type TinySourceOptions } from './rendered-source';

/** Mode of the voice and of the visual run of the first phase; all else sees everything. */
export const voiceMode: ModalityMode = 'audio_text';
export const visualMode: ModalityMode = 'face_frame';

/** Recordings of voices without words: a recording of at most two seconds, in every stretch the same. */
export function voicesSource(voices: VoiceSet, options: TinySourceOptions): Promise<EmotionSource> {
  const { encoders, input } = options;
  const recording = (index: number) => voices.samples.subarray(voices.offsets[index], voices.offsets[index + 1]);
  return labelledSource({
    ...options,
    name: 'voices',
    mode: voiceMode,
    labels: voices.labels,
    sampling: { clips: input.clips, stretchSamples },
    contentOf: (index) => {
      const { buffer, byteOffset, byteLength } = recording(index);
      return new Uint8Array(buffer, byteOffset, byteLength);
    },
    encode: async (index, run) => {
      const samples = new Float32Array(stretchSamples);
      playVoice(recording(index), plainVoice, samples);
      const clips = { type: 'float32', dims: [1, stretchSamples], data: samples } as const;
      return repeated(await encoders.encode({ clips }, run), input.clips);
    },
  });
}

/** Pictures of faces, each as a clip of a person who barely moves: two frames that alternate. */
export function facesSource(faces: FaceSet, options: TinySourceOptions): Promise<EmotionSource> {
  const { encoders, input } = options;
  const sizes = { scene: encoders.sceneEncoder.imageSize, face: frameSize(encoders.faceEncoder)[0] };
  const pixels = faces.size * faces.size;
  const contentOf = (index: number) => faces.pixels.subarray(index * pixels, (index + 1) * pixels);
  return labelledSource({
    ...options,
    name: 'faces',
    mode: visualMode,
    labels: faces.labels,
    sampling: { frames: input.frames, ...sizes },
    contentOf,
    encode: async (index, run) => {
      const random = new Random(deriveSeed(0, await contentHashOf(contentOf(index)))); // the same whenever it is computed
      const jitter = sampleFaceJitter(random);
      const drawn = (size: number): HostTensor => {
        const area = 3 * size * size;
        const data = new Uint8Array(2 * area);
        drawFace(faces, index, noChange, size, data, 0);
        drawFace(faces, index, jitter, size, data, area);
        return { type: 'uint8', dims: [2, 3, size, size], data };
      };
      const inputs = { frames: drawn(sizes.scene), faceFrames: drawn(sizes.face) };
      return repeated(await encoders.encode(inputs, run), input.frames / 2);
    },
  });
}

interface LabelledSourceOptions extends TinySourceOptions {
  readonly name: 'voices' | 'faces';
  readonly mode: ModalityMode;
  /** Indices into `labelSets.sevenEmotions`. */
  readonly labels: Uint8Array;
  readonly sampling: Readonly<Record<string, number>>;
  readonly contentOf: (index: number) => Uint8Array;
  readonly encode: (index: number, options: RunOptions) => Promise<Record<string, FloatTensor>>;
}

/** Recordings or pictures of which nothing is known but the emotion. */
async function labelledSource(options: LabelledSourceOptions): Promise<EmotionSource> {
  const { name, mode, labels, contentOf, encode, encoders, sampling, cacheFolder, split } = options;
  const producer = producerOf({ encoders: encoders.producer, source: name, sampling });
  const cache = await FeatureCache.open({ folder: cacheFolder, producer });
  return {
    name,
    length: labels.length,
    row: async (index): Promise<EmotionSampleRow> => ({
      id: `${name}-${index}`,
      dataSet: name,
      split,
      targets: [{ task: 'mer', value: { emotion: labelSets.sevenEmotions[labels[index] as number] as string } }],
      modalityMode: mode,
    }),
    features: async (index, run) => {
      const key = await contentHashOf(contentOf(index));
      return clipFeatures(await cache.read(key, (signal) => encode(index, { signal }), run));
    },
  };
}

/** Features over time, `times` times one after another. */
function repeated(features: Record<string, FloatTensor>, times: number): Record<string, FloatTensor> {
  return Object.fromEntries(
    Object.entries(features).map(([name, { type, dims, data }]) => {
      const [time = 0, ...rest] = dims;
      const values = new Float32Array(data.length * times);
      for (let copy = 0; copy < times; copy++) values.set(data, copy * data.length);
      return [name, { type, dims: [time * times, ...rest], data: values }];
    }),
  );
}

import { cutClips } from '@nano-emox/media';
import { FeatureCache } from '@nano-emox/p2e';
import {
  actedTargets,
  clipFeatures,
  type EmotionSource,
  encodersOf,
  framesPerClip,
  type RenderedSet,
} from '@nano-emox/recipes';
import { defaultModalityMode } from '@nano-emox/tasks';
import type { HostTensor } from '@nano-emox/tensor-contract';
import type { NanoEmoX } from 'nano-emox';

/** Two seconds at 16 kHz. */
const STRETCH_SAMPLES = 32_000;

/** Rendered clips whose features come from the encoders of a model the first time, and from a cache later. */
export async function renderedSource(model: NanoEmoX, set: RenderedSet, cacheFolder: string): Promise<EmotionSource> {
  const encoders = encodersOf(model);
  await encoders.encode(inputsOf(set, 0, model.config.input.clips)); // compiles them, which is no part of an epoch
  const cache = await FeatureCache.open({ folder: cacheFolder, producer: encoders.producer });
  return {
    name: 'rendered',
    length: set.count,
    row: async (index) => {
      const truth = set.truth(index);
      const { seed: id, script } = truth;
      const targets = actedTargets(truth);
      return {
        id,
        dataSet: 'rendered',
        split: 'train',
        subtitle: script.text,
        targets,
        modalityMode: defaultModalityMode,
      };
    },
    features: async (index, run) => {
      const compute = (signal: AbortSignal) =>
        encoders.encode(inputsOf(set, index, model.config.input.clips), { signal });
      return clipFeatures(await cache.read(set.truth(index).seed, compute, run));
    },
  };
}

/** Frames stand for faces as well: the face encoder works as long on them. */
function inputsOf(set: RenderedSet, index: number, clips: number) {
  const { frames: data, samples } = set.get(index);
  const frames: HostTensor = { type: 'uint8', dims: [framesPerClip, 3, set.size, set.size], data };
  return { frames, faceFrames: frames, clips: cutClips(samples, { clips, clipSamples: STRETCH_SAMPLES }) };
}

import { frameSize } from '@nano-emox/face-encoder';
import { cutClips } from '@nano-emox/media';
import { FeatureCache, producerOf } from '@nano-emox/p2e';
import { defaultModalityMode } from '@nano-emox/tasks';
import type { HostTensor } from '@nano-emox/tensor-contract';
import type { EmotionModelConfig } from 'nano-emox';
import { actedTargets } from '../data/answers';
import { framesPerClip, type RenderedItem, type RenderedSet, rendererVersion } from '../data/rendered';
import { drawFrame, faceWindow } from '../data/rendered-faces';
import type { EmotionSource } from '../sources/emotion-source';
import { clipFeatures, type EncoderInputs, type FrozenEncoders } from '../sources/frozen-encoders';

/** What the sources of the recipe are made with. */
export interface TinySourceOptions {
  readonly encoders: FrozenEncoders;
  readonly input: EmotionModelConfig['input'];
  /** Folder of the features. */
  readonly cacheFolder: string;
  readonly split: 'train' | 'dev' | 'test';
}

/** Length of a stretch of sound: 2 s at 16 kHz. */
export const stretchSamples = 32_000;

/** Rendered clips as the model will see them: whole frames, the face where a detector would crop it, stretches of sound. */
export async function renderedSource(set: RenderedSet, options: TinySourceOptions): Promise<EmotionSource> {
  const { encoders, input, cacheFolder, split } = options;
  const [faceSizePx] = frameSize(encoders.faceEncoder);
  const sampling = { size: set.size, faceSizePx, clips: input.clips };
  const producer = producerOf({ encoders: encoders.producer, rendererVersion, ...sampling });
  const cache = await FeatureCache.open({ folder: cacheFolder, producer });
  return {
    name: 'rendered',
    length: set.count,
    row: async (index) => {
      const truth = set.truth(index);
      return {
        id: truth.seed,
        dataSet: 'rendered',
        split,
        subtitle: truth.script.text,
        targets: actedTargets(truth),
        modalityMode: defaultModalityMode,
      };
    },
    features: async (index, run) => {
      const compute = (signal: AbortSignal) => encoders.encode(renderedInputs(set.get(index), sampling), { signal });
      return clipFeatures(await cache.read(set.truth(index).seed, compute, run));
    },
  };
}

/** How a rendered clip is shown to the encoders. */
interface RenderedSampling {
  /** Pixels along each side of a frame, as it was rendered. */
  readonly size: number;
  /** Pixels along each side of a face. */
  readonly faceSizePx: number;
  readonly clips: number;
}

/** What the encoders read of a rendered clip. */
export function renderedInputs(
  item: RenderedItem,
  { size, faceSizePx, clips }: RenderedSampling,
): Required<EncoderInputs> {
  const area = 3 * faceSizePx * faceSizePx;
  const faces = new Uint8Array(framesPerClip * area);
  for (let frame = 0; frame < framesPerClip; frame++) {
    drawFrame(item, frame, { window: faceWindow(item) }, faceSizePx, faces.subarray(frame * area, (frame + 1) * area));
  }
  const tensor = (data: Uint8Array, side: number): HostTensor => ({
    type: 'uint8',
    dims: [framesPerClip, 3, side, side],
    data,
  });
  return {
    frames: tensor(item.frames, size),
    faceFrames: tensor(faces, faceSizePx),
    clips: cutClips(item.samples, { clips, clipSamples: stretchSamples }),
  };
}

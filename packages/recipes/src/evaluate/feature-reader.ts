import { componentFromWeights, floatResult } from '@nano-emox/engine/runtime';
import { faceTokensModule, resolveConfig as resolveFaceConfig } from '@nano-emox/face-encoder';
import { modalityModes } from '@nano-emox/tasks';
import type { EmotionSampleRow } from '@nano-emox/tasks/datasets';
import {
  type FloatTensor,
  floatTensor,
  type Modality,
  type RunOptions,
  type SoftTokens,
} from '@nano-emox/tensor-contract';
import type { EncodedClip, NanoEmoX } from 'nano-emox';
import { availableMode, type ClipFeatures } from 'nano-emox/training';

/** Turns features of the frozen encoders into a clip that a model can be asked about, by the model's own adapters and fusion. */
export interface FeatureReader {
  /** The modalities that the row's mode shows, as far as the clip has them. */
  read(row: EmotionSampleRow, features: ClipFeatures, options?: RunOptions): Promise<EncodedClip>;
  /** Frees what the reader opened; the model stays open. */
  dispose(): Promise<void>;
}

/** Opens a reader for a model. Dispose it. */
export async function openFeatureReader({ components, config }: NanoEmoX): Promise<FeatureReader> {
  const { faceEncoder, videoAdapter, audioAdapter, fusion, perceptionHead } = components;
  const face = await componentFromWeights(
    { type: 'face-tokens', module: faceTokensModule, resolveConfig: resolveFaceConfig },
    faceEncoder.config,
    faceEncoder.weights,
    { workers: 0 },
  );
  const levels = config.fusion.type === 'multiscale' ? config.fusion.experts : undefined;
  const fuse = async ({ scene, sceneLevels, audio, audioLevels }: ClipFeatures, options: RunOptions) => {
    const [heard, seen] = levels ? [audioLevels, sceneLevels] : [audio, scene];
    if (!heard || !seen) return undefined;
    const depth = levels ? [levels] : [];
    return fusion.fuse(
      {
        audio: asBatch(heard, ...depth, config.audioEncoder.hidden),
        scene: asBatch(seen, ...depth, config.sceneEncoder.hidden),
      },
      options,
    );
  };
  const headFeaturesOf = (
    reads: 'face' | 'scene',
    { face: seenFace, scene }: ClipFeatures,
    shows: (modality: Modality) => boolean,
  ) => {
    if (reads === 'face') return seenFace && shows('face') && asBatch(seenFace, config.faceEncoder.headWidth);
    return scene && shows('frame') && asBatch(scene, config.sceneEncoder.hidden);
  };
  return {
    async read(row, features, options = {}) {
      const { needs } = modalityModes[availableMode(row.modalityMode, config)];
      const shows = (modality: Modality) => needs.includes(modality);
      const softTokens: SoftTokens[] = [];
      if (features.scene && shows('frame')) {
        softTokens.push(await videoAdapter.adapt(asBatch(features.scene, config.sceneEncoder.hidden), options));
      }
      if (features.face && shows('face')) {
        const results = await face.run({ features: asBatch(features.face, config.faceEncoder.headWidth) }, options);
        softTokens.push({ modality: 'face', embeddings: floatResult(results, 'tokens') });
      }
      if (features.audio && shows('audio')) {
        softTokens.push(await audioAdapter.adapt(asBatch(features.audio, config.audioEncoder.hidden), options));
      }
      const headFeatures = perceptionHead && headFeaturesOf(perceptionHead.config.reads, features, shows);
      const fused = shows('multi') ? await fuse(features, options) : undefined;
      if (fused) softTokens.push({ modality: 'multi', embeddings: fused.embeddings });
      return {
        softTokens,
        modalities: softTokens.map(({ modality }) => modality),
        evidence: {},
        ...(fused?.gate && { gate: [...fused.gate.data] }),
        ...(headFeatures && { headFeatures }),
        warnings: [],
      };
    },
    dispose: () => face.dispose(),
  };
}

/** Row-major values over time as a batch of one: `[1, time, …width]`. */
function asBatch(values: Float32Array, ...width: readonly number[]): FloatTensor {
  const size = width.reduce((product, dim) => product * dim, 1);
  return floatTensor(values, [1, values.length / size, ...width]);
}

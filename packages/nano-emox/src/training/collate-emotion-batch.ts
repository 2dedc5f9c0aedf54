import { IGNORED_LABEL, type TensorMap } from '@nano-emox/engine';
import { collateKinds, collateSequences, type LabelledSequence, softTokenLayout } from '@nano-emox/lm-lora';
import type { FloatTensor, HostTensor } from '@nano-emox/tensor-contract';
import type { EmotionModelConfig } from '../model-config';
import { levelsOf, readsFeature, softTokenCounts } from './emotion-network';

/** Features of one clip from the frozen encoders; a modality the sample lacks is absent. Values are row-major. */
export interface ClipFeatures {
  /** `[frames, headWidth]` */
  readonly face?: Float32Array;
  /** `[frames, sceneDim]` */
  readonly scene?: Float32Array;
  /** `[frames, level, sceneDim]` */
  readonly sceneLevels?: Float32Array;
  /** `[clips, audioDim]` */
  readonly audio?: Float32Array;
  /** `[clips, level, audioDim]` */
  readonly audioLevels?: Float32Array;
}

/** One training sample: what was seen and heard, and the conversation about it. */
export interface EmotionSample {
  readonly features: ClipFeatures;
  readonly sequence: LabelledSequence;
}

/**
 * Inputs of `emotionNetwork` for a batch: those that the configuration reads. Modalities that a sample lacks become zeros
 * that no prompt of its refers to.
 */
export function collateEmotionBatch(samples: readonly EmotionSample[], config: EmotionModelConfig): TensorMap {
  const { faceEncoder, sceneEncoder, audioEncoder, fusion, input } = config;
  const levels = levelsOf(fusion);
  const stack = (read: (features: ClipFeatures) => Float32Array | undefined, dims: readonly number[]): FloatTensor => {
    const size = dims.reduce((product, dim) => product * dim, 1);
    const data = new Float32Array(samples.length * size);
    samples.forEach(({ features }, index) => {
      const values = read(features);
      if (values) data.set(values, index * size);
    });
    return { type: 'float32', dims: [samples.length, ...dims], data };
  };
  const counts = softTokenCounts(config);
  const conversations = samples.map(({ sequence }) => sequence);
  const { labels, ...sequences } = collateSequences(conversations, softTokenLayout(counts).rows);
  const features = {
    faceFeatures: () => stack(({ face }) => face, [input.frames, faceEncoder.headWidth]),
    sceneFeatures: () => stack(({ scene }) => scene, [input.frames, sceneEncoder.hidden]),
    sceneLevels: () => stack(({ sceneLevels }) => sceneLevels, [input.frames, levels, sceneEncoder.hidden]),
    audioFeatures: () => stack(({ audio }) => audio, [input.clips, audioEncoder.hidden]),
    audioLevels: () => stack(({ audioLevels }) => audioLevels, [input.clips, levels, audioEncoder.hidden]),
  };
  const read = (Object.keys(features) as (keyof typeof features)[]).filter((name) => readsFeature(config, name));
  return {
    ...Object.fromEntries(read.map((name) => [name, features[name]()])),
    ...sequences,
    ...(config.languageModel.attention && { kinds: collateKinds(conversations, counts) }),
    ...supervisedRows(labels),
  };
}

/** Columns that predict a supervised token, and those tokens. */
export function supervisedRows({ dims, data }: HostTensor<'int64'>): {
  rows: HostTensor<'int64'>;
  targets: HostTensor<'int64'>;
} {
  const time = dims[1] as number;
  const rows: bigint[] = [];
  const targets: bigint[] = [];
  data.forEach((label, index) => {
    if (Number(label) === IGNORED_LABEL || index % time === 0) return;
    rows.push(BigInt(index - 1));
    targets.push(label);
  });
  const tensor = (values: bigint[]): HostTensor<'int64'> => ({
    type: 'int64',
    dims: [values.length],
    data: BigInt64Array.from(values),
  });
  return { rows: tensor(rows), targets: tensor(targets) };
}

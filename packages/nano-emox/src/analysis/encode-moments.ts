import { type FloatTensor, InvalidArgumentError, type RunOptions, type SoftTokens } from '@nano-emox/tensor-contract';
import type { ModelComponents, OptionalComponents } from '../model/components';
import { type EmotionModelConfig, hasBranch } from '../model-config';
import { type ClipMoment, clipMoments } from './clip-moments';
import type { EncodedClip, TimedFeatures } from './encode-clip';
import type { FaceTokens } from './face-tokens';
import { batchRow, timeSteps } from './tensor-rows';

/** A model as the moments of a clip need it. */
export interface MomentModel {
  readonly config: EmotionModelConfig;
  readonly components: ModelComponents & OptionalComponents;
  readonly faceTokens: FaceTokens;
}

/** A moment as a clip of its own: nothing of the other moments is in it. */
export interface EncodedMoment extends ClipMoment, Pick<EncodedClip, 'softTokens' | 'modalities' | 'headFeatures'> {
  /** True in whole-frame mode, where nobody looks for faces. */
  readonly faceFound: boolean;
}

/**
 * Cuts an encoded clip into its moments: what the encoders said of each frame and each stretch of sound goes alone through adapters and
 * fusion, all moments as one batch. Nothing is encoded again. Frame and stretch are repeated as often as a whole clip has them, as the
 * reader repeats those of a clip that is no longer than one: that is the layout the model was trained on.
 * @throws InvalidArgumentError for a clip that `encode` did not make, AbortedError
 */
export async function encodeMoments(
  model: MomentModel,
  clip: EncodedClip,
  options: RunOptions,
): Promise<readonly EncodedMoment[]> {
  const features = requireTimedFeatures(clip);
  const { scene, face, voice } = features;
  const counts = { frames: scene?.features.dims[1] ?? 0, stretches: voice?.features.dims[1] ?? 0 };
  const moments = clipMoments(clip.evidence, counts);
  const hasFace = (frame: number) => face !== undefined && (clip.evidence.face?.crops[frame]?.faceFound ?? true);
  const perFrame = await frameTokens(model, features, options);
  const perStretch = await stretchTokens(model, features, options);
  const fused = await fusedTokens(model, features, moments, options);
  const read = model.components.perceptionHead && { face, scene: scene?.features }[headReads(model)];

  return moments.map((moment) => {
    const { frame, stretch } = moment;
    const faceFound = frame !== undefined && hasFace(frame);
    const tokens = [
      { modality: 'frame', embeddings: rowAt(perFrame.frame, frame) },
      { modality: 'face', embeddings: faceFound ? rowAt(perFrame.face, frame) : undefined },
      { modality: 'audio', embeddings: rowAt(perStretch, stretch) },
      { modality: 'multi', embeddings: fused.get(moment) },
    ] as const;
    const softTokens = tokens.filter((candidate): candidate is SoftTokens => candidate.embeddings !== undefined);
    const isSeenByHead = read && frame !== undefined && (headReads(model) === 'scene' || faceFound);
    return {
      ...moment,
      faceFound,
      softTokens,
      modalities: softTokens.map(({ modality }) => modality),
      ...(isSeenByHead && { headFeatures: timeSteps(read, [frame], 1) }),
    };
  });
}

const headReads = ({ components }: MomentModel) => components.perceptionHead?.config.reads ?? 'scene';

async function frameTokens(
  { config, components, faceTokens }: MomentModel,
  { scene, face }: TimedFeatures,
  options: RunOptions,
): Promise<{ readonly frame?: FloatTensor; readonly face?: FloatTensor }> {
  const frame = scene && (await components.videoAdapter.adapt(eachStep(scene.features), options)).embeddings;
  const seen = face && hasBranch(config, 'face') ? await faceTokens.of(eachStep(face), options) : undefined;
  return { ...(frame && { frame }), ...(seen && { face: seen }) };
}

async function stretchTokens(
  { components }: MomentModel,
  { voice }: TimedFeatures,
  options: RunOptions,
): Promise<FloatTensor | undefined> {
  return voice && (await components.audioAdapter.adapt(eachStep(voice.features), options)).embeddings;
}

/** Fused tokens of the moments that have both a picture and sound. */
async function fusedTokens(
  { config, components: { fusion } }: MomentModel,
  { scene, voice }: TimedFeatures,
  moments: readonly ClipMoment[],
  options: RunOptions,
): Promise<ReadonlyMap<ClipMoment, FloatTensor>> {
  const both = moments.filter(
    (moment): moment is Required<ClipMoment> => moment.frame !== undefined && moment.stretch !== undefined,
  );
  if (!scene || !voice || both.length === 0 || !hasBranch(config, 'multi')) return new Map();
  const [seen, heard] =
    fusion.config.type === 'multiscale' ? [scene.levels, voice.levels] : [scene.features, voice.features];
  const { embeddings } = await fusion.fuse(
    {
      audio: repeatedSteps(
        heard as FloatTensor,
        both.map(({ stretch }) => stretch),
      ),
      scene: repeatedSteps(
        seen as FloatTensor,
        both.map(({ frame }) => frame),
      ),
    },
    options,
  );
  return new Map(both.map((moment, row) => [moment, batchRow(embeddings, row)]));
}

/** Some steps of `[1, time, …]`, each as a clip that is this step throughout: `[steps, time, …]`. */
const repeatedSteps = (tensor: FloatTensor, steps: readonly number[]): FloatTensor =>
  timeSteps(tensor, steps, tensor.dims[1] as number);

const eachStep = (tensor: FloatTensor): FloatTensor =>
  repeatedSteps(
    tensor,
    Array.from({ length: tensor.dims[1] as number }, (_, step) => step),
  );

const rowAt = (rows: FloatTensor | undefined, row: number | undefined): FloatTensor | undefined =>
  rows && row !== undefined ? batchRow(rows, row) : undefined;

/** @throws InvalidArgumentError for a clip that `encode` did not make */
export function requireTimedFeatures({ features }: EncodedClip): TimedFeatures {
  if (features) return features;
  throw new InvalidArgumentError({
    message: 'timeline: the encoded clip does not hold what the encoders said of its frames and sound',
    hint: 'Pass a clip that encode() or the event clip-encoded of analyze() gave, or a file.',
    argument: 'source',
  });
}

import { frameSize } from '@nano-emox/face-encoder';
import {
  type Clip,
  type FaceCrop,
  type FaceDetector,
  type LoadClipOptions,
  loadClip,
  type MediaSource,
  type MediaWarning,
} from '@nano-emox/media';
import type {
  EncodedModality,
  FloatTensor,
  HostTensor,
  Modality,
  RunOptions,
  SoftTokens,
} from '@nano-emox/tensor-contract';
import type { ModelComponents, OptionalComponents } from '../model/components';
import { type EmotionModelConfig, hasBranch } from '../model-config';
import type { ReadClip, StageName } from './events';

/** What the model saw of a face. */
export interface FaceEvidence {
  /** Frames in which a face was found. */
  readonly framesWithFace: number;
  readonly frames: number;
  /** Mean detector score over the frames with a face, in [0, 1]; undefined when faces were not looked for or not found. */
  readonly score?: number;
  /** One entry per frame where faces were looked for. */
  readonly crops: readonly FaceCrop[];
}

/** What a clip offered. */
export interface ClipEvidence {
  readonly video?: {
    readonly durationSeconds: number;
    readonly width: number;
    readonly height: number;
    readonly timesSeconds: readonly number[];
  };
  readonly voice?: { readonly durationSeconds: number /** 0..1 */; readonly rms: number };
  readonly face?: FaceEvidence;
}

/** What the encoders said of each frame and each stretch of sound, before anything was made of the clip as a whole. */
export interface TimedFeatures {
  /** Of each frame; absent without picture. */
  readonly scene?: EncodedModality;
  /** float32 `[1, frames, headWidth]`; absent where no frame shows a face, or nobody looked. */
  readonly face?: FloatTensor;
  /** Of each stretch of sound; absent without. */
  readonly voice?: EncodedModality;
}

/** Frames, sound and face of a clip as soft tokens; can be asked many questions. */
export interface EncodedClip {
  readonly softTokens: readonly SoftTokens[];
  /** Modalities with soft tokens. */
  readonly modalities: readonly Modality[];
  readonly evidence: ClipEvidence;
  /** Weight of each fusion expert, shallow to deep, sum 1; absent without picture and sound, or where the fusion has no gate. */
  readonly gate?: readonly number[];
  /**
   * What the perception head reads, float32 `[1, frames, featureDim]`; absent without a head, and where the clip lacks the
   * face or the picture it looks at.
   */
  readonly headFeatures?: FloatTensor;
  /** What the timeline of the clip is made from. */
  readonly features?: TimedFeatures;
  readonly warnings: readonly MediaWarning[];
}

export interface EncodeClipOptions extends RunOptions {
  /** Options of the reader that the model does not decide itself. */
  readonly media?: Omit<
    LoadClipOptions,
    'frames' | 'frameSizePx' | 'faceSizePx' | 'clips' | 'clipSeconds' | 'signal' | 'onEvent'
  >;
}

/** The part of a model that reads clips. */
export interface EncodingModel {
  readonly config: EmotionModelConfig;
  readonly components: ModelComponents & OptionalComponents;
  /** Looks for faces in all clips, unless the options of a clip ask for another. */
  readonly faceDetector: FaceDetector;
}

/** Follows an encoding. */
export interface EncodingObserver {
  /** Runs `work` as a named stage. */
  readonly stage: <T>(stage: StageName, work: () => Promise<T>) => Promise<T>;
  readonly clipRead: (clip: ReadClip) => void;
}

/** Nobody watches. */
export const unobserved: EncodingObserver = { stage: (_, work) => work(), clipRead: () => undefined };

/** Decodes a clip and runs encoders, adapters and fusion. */
export async function encodeClip(
  { components, config, faceDetector }: EncodingModel,
  source: MediaSource,
  options: EncodeClipOptions,
  { stage, clipRead }: EncodingObserver,
): Promise<EncodedClip> {
  const { signal, media } = options;
  const { faceEncoder, sceneEncoder, audioEncoder, videoAdapter, audioAdapter, fusion } = components;
  const clip = await stage('decode', () =>
    loadClip(source, {
      faceCrop: config.input.faceCrop,
      ...media,
      faces: { ...(!asksOwnDetector(media) && { detector: faceDetector }), ...media?.faces },
      frames: config.input.frames,
      clips: config.input.clips,
      frameSizePx: config.sceneEncoder.imageSize,
      faceSizePx: frameSize(config.faceEncoder)[0],
      signal,
    }),
  );
  const face = faceEvidence(clip);
  const evidence = evidenceOf(clip, face);
  clipRead({ evidence, ...(clip.video && { frames: clip.video.frames }) });
  const run = { signal };
  const softTokens: SoftTokens[] = [];

  const scene =
    clip.video && (await stage('scene', () => sceneEncoder.encode(batchOfOne(clip.video?.frames as HostTensor), run)));
  if (scene) softTokens.push(await videoAdapter.adapt(scene.features, run));
  const faceFrames = clip.video?.faceFrames;
  const reads = components.perceptionHead?.config.reads;
  const looksAtFace = hasBranch(config, 'face') || reads === 'face';
  const seenFace =
    faceFrames && face && face.framesWithFace > 0 && looksAtFace
      ? await stage('face', () => faceEncoder.encode(batchOfOne(faceFrames), run))
      : undefined;
  if (seenFace && hasBranch(config, 'face')) softTokens.push({ modality: 'face', embeddings: seenFace.tokens });
  const clips = clip.audio?.clips;
  const voice = clips && (await stage('voice', () => audioEncoder.encode(batchOfOne(clips), run)));
  if (voice) softTokens.push(await audioAdapter.adapt(voice.features, run));
  const fused =
    scene && voice && hasBranch(config, 'multi')
      ? await stage('fuse', () =>
          fusion.fuse(
            fusion.config.type === 'multiscale'
              ? { audio: voice.levels as FloatTensor, scene: scene.levels as FloatTensor }
              : { audio: voice.features, scene: scene.features },
            run,
          ),
        )
      : undefined;
  if (fused) softTokens.push({ modality: 'multi', embeddings: fused.embeddings });
  const headFeatures = reads && { face: seenFace, scene }[reads]?.features;

  return {
    softTokens,
    modalities: softTokens.map(({ modality }) => modality),
    evidence,
    ...(fused?.gate && { gate: [...fused.gate.data] }),
    ...(headFeatures && { headFeatures }),
    features: {
      ...(scene && { scene: featuresOf(scene) }),
      ...(seenFace && { face: seenFace.features }),
      ...(voice && { voice: featuresOf(voice) }),
    },
    warnings: clip.warnings,
  };
}

/** Whether a clip is to be looked at with another network or limit than the model's detector has. */
function asksOwnDetector(media: EncodeClipOptions['media']): boolean {
  return media?.faces?.model !== undefined || media?.faces?.minScore !== undefined;
}

/** Without what else an encoder may give. */
function featuresOf({ features, levels }: EncodedModality): EncodedModality {
  return { features, ...(levels && { levels }) };
}

/** `[…]` as `[1, …]`, without copying. */
function batchOfOne<T extends HostTensor>(tensor: T): T {
  return { ...tensor, dims: [1, ...tensor.dims] };
}

function faceEvidence({ video }: Clip): FaceEvidence | undefined {
  if (!video) return undefined;
  const frames = video.frames.dims[0] as number;
  // In whole-frame mode the face encoder reads every frame, as the released code does.
  if (video.faces.length === 0) return { framesWithFace: frames, frames, crops: [] };
  const scores = video.faces.flatMap(({ score }) => (score === undefined ? [] : [score]));
  const framesWithFace = video.faces.filter(({ faceFound }) => faceFound).length;
  const score = scores.reduce((sum, value) => sum + value, 0) / scores.length;
  return { framesWithFace, frames, crops: video.faces, ...(scores.length > 0 && { score }) };
}

function evidenceOf({ video, audio }: Clip, face: FaceEvidence | undefined): ClipEvidence {
  return {
    ...(video && {
      video: {
        durationSeconds: video.durationSeconds,
        width: video.width,
        height: video.height,
        timesSeconds: video.timesSeconds,
      },
    }),
    ...(audio && { voice: { durationSeconds: audio.durationSeconds, rms: audio.rms } }),
    ...(face && { face }),
  };
}

import { frameSize } from '@nano-emox/face-encoder';
import { type Clip, loadClip, type MediaWarning } from '@nano-emox/media';
import { type FloatTensor, type HostTensor, MissingModalityError } from '@nano-emox/tensor-contract';
import type { FeatureModel } from './feature-model';
import type { FeatureComponent } from './options';

/** Tensors of one clip, named `<component>.<tensor>`, without the batch axis. */
export interface ClipFeatures {
  readonly tensors: ReadonlyMap<string, FloatTensor>;
  /** Components that had nothing to read. */
  readonly missing: readonly FeatureComponent[];
  /** Times of the frames in seconds; empty without picture. */
  readonly frameTimesSeconds: readonly number[];
  readonly warnings: readonly MediaWarning[];
}

/**
 * Reads a clip as the model does and runs the components on it.
 * @throws MissingFileError, InvalidMediaError, MissingModalityError (no component has anything to read), AbortedError
 */
export async function clipFeatures(
  model: FeatureModel,
  path: string,
  components: readonly FeatureComponent[],
  signal: AbortSignal,
): Promise<ClipFeatures> {
  const clip = await read(model, path, components, signal);
  const tensors = await run(model, clip, new Set(components), signal);
  const has = (component: string) => [...tensors.keys()].some((name) => name.startsWith(`${component}.`));
  const missing = components.filter((component) => !has(component));
  if (tensors.size === 0) {
    throw new MissingModalityError({
      message: `${path} has nothing for ${components.join(', ')}`,
      hint: 'face and scene need a picture, face one with a face in it, voice needs sound, fusion picture and sound.',
      modality: modalityOf(components[0] as FeatureComponent),
    });
  }
  const frameTimesSeconds = clip.video?.timesSeconds ?? [];
  return { tensors, missing, frameTimesSeconds, warnings: clip.warnings };
}

function read(
  { config, faceDetector }: FeatureModel,
  path: string,
  components: readonly FeatureComponent[],
  signal: AbortSignal,
): Promise<Clip> {
  const { frames, clips, faceCrop } = config.input;
  return loadClip(path, {
    frames,
    clips,
    frameSizePx: config.sceneEncoder.imageSize,
    faceSizePx: frameSize(config.faceEncoder)[0],
    faceCrop: components.includes('face') ? faceCrop : 'whole-frame',
    faces: { detector: faceDetector },
    signal,
  });
}

async function run(
  model: FeatureModel,
  { video, audio }: Clip,
  wanted: ReadonlySet<FeatureComponent>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, FloatTensor>> {
  const { faceEncoder, sceneEncoder, audioEncoder, videoAdapter, audioAdapter, fusion } = model;
  const found = new Map<string, FloatTensor>();
  const keep = (component: FeatureComponent, tensors: Readonly<Record<string, FloatTensor | undefined>>) => {
    if (!wanted.has(component)) return;
    for (const [name, tensor] of Object.entries(tensors)) {
      if (tensor) found.set(`${component}.${name}`, { ...tensor, dims: tensor.dims.slice(1) });
    }
  };
  const hasFace = video !== undefined && (video.faces.length === 0 || video.faces.some(({ faceFound }) => faceFound));
  if (faceEncoder && hasFace) {
    const { features, tokens } = await faceEncoder.encode(batchOfOne(video.faceFrames ?? video.frames), { signal });
    keep('face', { features, tokens });
  }
  const scene = video && (await sceneEncoder?.encode(batchOfOne(video.frames), { signal }));
  const voice = audio && (await audioEncoder?.encode(batchOfOne(audio.clips), { signal }));
  if (scene) keep('scene', { features: scene.features, levels: scene.levels });
  if (voice) keep('voice', { features: voice.features, levels: voice.levels });
  if (scene && videoAdapter) {
    keep('video-adapter', { tokens: (await videoAdapter.adapt(scene.features, { signal })).embeddings });
  }
  if (voice && audioAdapter) {
    keep('audio-adapter', { tokens: (await audioAdapter.adapt(voice.features, { signal })).embeddings });
  }
  if (scene && voice && fusion) {
    const depth = fusion.config.type === 'multiscale' ? 'levels' : 'features';
    const { embeddings, features, gate } = await fusion.fuse({ audio: voice[depth], scene: scene[depth] }, { signal });
    keep('fusion', { tokens: embeddings, features, gate });
  }
  return found;
}

function modalityOf(component: FeatureComponent): 'face' | 'frame' | 'audio' | 'multi' {
  const modalities = {
    face: 'face',
    scene: 'frame',
    'video-adapter': 'frame',
    voice: 'audio',
    'audio-adapter': 'audio',
    fusion: 'multi',
  } as const;
  return modalities[component];
}

/** `[…]` as `[1, …]`, without copying. */
const batchOfOne = <Tensor extends HostTensor>(tensor: Tensor): Tensor => ({ ...tensor, dims: [1, ...tensor.dims] });
